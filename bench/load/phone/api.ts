import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { listenOnAnyPort } from '../../wire/listen';

/** A carrier's HTTP interface: says yes to whatever it is commanded. */
export class CarrierApi {
  #taken: (body: string) => void = () => undefined;

  private constructor(
    private readonly server: Server,
    /** Such as `http://127.0.0.1:8000`. */
    readonly url: string,
  ) {}

  static async start(): Promise<CarrierApi> {
    const server = createServer();
    const api: CarrierApi = new CarrierApi(server, `http://127.0.0.1:${await listenOnAnyPort(server)}`);
    server.on('request', (request, response) => {
      void text(request).then((body) => {
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
        api.#taken(body);
      });
    });
    return api;
  }

  /** The body of the next command; the caller waits for one at a time. */
  nextCommand(): Promise<string> {
    return new Promise((resolve) => (this.#taken = resolve));
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }
}
