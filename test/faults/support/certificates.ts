import { generate } from 'selfsigned';

/** A certificate and its key, in PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** A certificate that signs itself. Its name is an address or a host; it ends a year from `from`. */
export async function certificateFor(name: string, from = new Date()): Promise<Certificate> {
  const altName = /^[\d.]+$/.test(name) ? ({ type: 7, ip: name } as const) : ({ type: 2, value: name } as const);
  const { cert, private: key } = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: from,
    extensions: [{ name: 'subjectAltName', altNames: [altName] }],
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
    certificateFor('127.0.0.1'),
    certificateFor('127.0.0.1', new Date('2020-01-01')),
    certificateFor('hooks.example.com'),
    certificateFor('127.0.0.1'),
  ]);
  return {
    good,
    expired,
    ofAnotherName,
    untrusted,
    ca: [good, expired, ofAnotherName].map(({ cert }) => cert).join('\n'),
  };
}
