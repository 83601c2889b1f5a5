import { isIP } from 'node:net';
import { generate } from 'selfsigned';

/** A certificate and its key, in PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** A certificate that signs itself, for addresses or hosts. It ends a year from `from`. */
export async function certificateFor(names: readonly [string, ...string[]], from = new Date()): Promise<Certificate> {
  const altNames = names.map((name) =>
    isIP(name) === 0 ? ({ type: 2, value: name } as const) : ({ type: 7, ip: name } as const),
  );
  const { cert, private: key } = await generate([{ name: 'commonName', value: names[0] }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: from,
    extensions: [{ name: 'subjectAltName', altNames }],
  });
  return { cert, key };
}

/** Every kind of certificate a server on 127.0.0.1 can show. */
export interface Certificates {
  readonly good: Certificate;
  readonly expired: Certificate;
  readonly ofAnotherName: Certificate;
  readonly untrusted: Certificate;
  /** What a client has to trust for all but the last to be those of somebody it knows. */
  readonly ca: string;
}

export async function makeCertificates(): Promise<Certificates> {
  const [good, expired, ofAnotherName, untrusted] = await Promise.all([
    certificateFor(['127.0.0.1']),
    certificateFor(['127.0.0.1'], new Date('2020-01-01')),
    certificateFor(['hooks.example.com']),
    certificateFor(['127.0.0.1']),
  ]);
  return {
    good,
    expired,
    ofAnotherName,
    untrusted,
    ca: [good, expired, ofAnotherName].map(({ cert }) => cert).join('\n'),
  };
}
