import { createServer } from 'node:net';
import { StartupError } from './startup-error.ts';

export const HOST = '127.0.0.1';

function tryPort(port: number): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(port, HOST, () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address ? address.port : port));
    });
  });
}

export const freePort = (): Promise<number> => tryPort(0);

/** Throws a {@link StartupError} that names every port that is taken. */
export async function requireFree(ports: Record<string, number>): Promise<void> {
  const taken: string[] = [];
  const users = new Map<number, string>();
  for (const [variable, port] of Object.entries(ports)) {
    const other = users.get(port);
    if (other) taken.push(`${variable} and ${other} are both ${port}. Each needs a port of its own.`);
    users.set(port, variable);
    await tryPort(port).catch((error: NodeJS.ErrnoException) =>
      taken.push(
        `Port ${port} cannot be used (${error.code === 'EADDRINUSE' ? 'something uses it already' : error.message}). Choose another with ${variable}.`,
      ),
    );
  }
  if (taken.length > 0) throw new StartupError(taken.join('\n'));
}
