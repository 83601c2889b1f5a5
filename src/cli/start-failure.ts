import { StoreOpenError } from '../../pipeline';
import { RecordingDirectoryError } from '../recordings';

/** Why something could not be started, for whoever looks at the terminal. */
export function startFailure(error: unknown): string {
  if (error instanceof StoreOpenError) return `STORE_URL: ${error.message}`;
  if (error instanceof RecordingDirectoryError) return `RECORD_DIR or orgs.<id>.record.dir: ${error.message}.`;
  const { code, address, hostname, port } = error as StartError;
  switch (code) {
    case 'EADDRINUSE':
      return `PORT: ${port ?? ''} on ${address ?? ''} is taken by another program.`;
    case 'EACCES':
      return port === undefined ? 'permission denied' : `PORT: ${port} may not be used by this user.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `HOST: ${address ?? hostname ?? ''} is no address of this machine.`;
    default:
      return code ?? 'The relay could not start; the log says more.';
  }
}

/** What Node adds to the errors of servers and of names that lead nowhere. */
interface StartError {
  readonly code?: string;
  readonly address?: string;
  readonly hostname?: string;
  readonly port?: number;
}
