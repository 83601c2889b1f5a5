/** The orgs of a run: one as most are, one that has deferred delivery, one whose receiver acts once on what comes twice. */
export const orgs = ['org_plain', 'org_defers', 'org_deduplicates'] as const;

export type Org = (typeof orgs)[number];

/** What opens the HTTP endpoint for an org. */
export const keyOf = (org: Org): string => `key-of-${org}-0123456789`;
