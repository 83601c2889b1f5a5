import { type DatabaseSync } from 'node:sqlite';

/** What brings a file from each version of the schema to the next; the first makes it out of nothing. */
const steps: readonly string[] = [
  `CREATE TABLE intents (
     org_id TEXT NOT NULL,
     tool TEXT NOT NULL,
     intent_id TEXT NOT NULL,
     state TEXT NOT NULL,
     due_ms INTEGER, -- when time alone next changes it: the end of a lease, of retention, of a deferral
     record TEXT NOT NULL, -- the whole record, as JSON
     PRIMARY KEY (org_id, tool, intent_id)
   ) STRICT;
   CREATE INDEX intents_by_due ON intents (due_ms) WHERE due_ms IS NOT NULL;
   CREATE INDEX intents_by_state ON intents (org_id, state);`,

  // What is due in the first index is changed by a sweep and so leaves it. What is due in the second stays until
  // somebody sends it, and must not be in the way of the first. What is deferred stands in both.
  `ALTER TABLE intents ADD COLUMN try_ms INTEGER; -- when it is to be sent again by itself
   ALTER TABLE intents ADD COLUMN moved_ms REAL NOT NULL DEFAULT 0; -- when the record was written last
   UPDATE intents SET
     moved_ms = json_extract(record, '$.updatedAtMs'),
     record = json_set(record, '$.trail', json('[]'));
   DROP INDEX intents_by_state;
   CREATE INDEX intents_by_try ON intents (try_ms) WHERE try_ms IS NOT NULL;
   CREATE INDEX intents_by_move ON intents (state, org_id, moved_ms);
   CREATE TABLE tickets (
     ticket TEXT PRIMARY KEY NOT NULL,
     expires_ms INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX tickets_by_expiry ON tickets (expires_ms);`,
];

/** The version that this program writes, kept in the file's `user_version`; a file without a schema has version 0. */
export const schemaVersion = steps.length;

/** Brings the schema from an older version to this program's, with all that is in it, or leaves it as it was. */
export function upgradeSchema(database: DatabaseSync, version: number): void {
  database.exec(`
    BEGIN IMMEDIATE;
    ${steps.slice(version).join('\n')}
    PRAGMA user_version = ${schemaVersion};
    COMMIT;
  `);
}
