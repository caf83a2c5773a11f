import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { createHandler } from '#worker/cloudflare.ts';
import { ORIGIN } from './support.ts';

/** The real entry as a new isolate has it, deployed with these settings; undefined leaves one out. */
export function freshEntry(settings: Record<string, unknown>) {
  const handler = createHandler();
  const deployed = { ...env, ...settings } as typeof env;
  return async (path: string, init?: RequestInit): Promise<Response> => {
    const context = createExecutionContext();
    const url = new URL(path, ORIGIN);
    const request = new Request<unknown, IncomingRequestCfProperties>(url, init as RequestInit<IncomingRequestCfProperties>);
    const response = await handler.fetch(request, deployed, context);
    await waitOnExecutionContext(context);
    return response;
  };
}
