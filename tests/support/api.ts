import { type ApiOptions, createApi } from '#engine/api/app.ts';
import type { TokenScope } from '#schemas/api.ts';
import type { Problem } from '#schemas/problem.ts';
import { type TestServices, seedShop, testServices } from './services.ts';

export const ENVIRONMENT = '/v1/apartments/shop/environments/production';

export type TestApi = Awaited<ReturnType<typeof testApi>>;

/** The real API over real services, asked without a socket. */
export async function testApi(services: TestServices = testServices(), options: Partial<ApiOptions> = {}) {
  const unexpected: unknown[] = [];
  const app = createApi({ services, version: 'test', onError: (error) => unexpected.push(error), ...options });
  const tokenFor = async (scope: Partial<TokenScope> & Pick<TokenScope, 'role'>): Promise<string> =>
    (await services.tokens.create(`${scope.role} token`, { apartment: '*', environment: '*', ...scope }, services.now())).token;
  const admin = await tokenFor({ role: 'admin' });

  return {
    app,
    services,
    unexpected,
    tokenFor,
    async request(
      method: string,
      path: string,
      { body, token = admin, headers = {} }: { body?: unknown; token?: string | null; headers?: Record<string, string> } = {},
    ) {
      const response = await app.request(path, {
        method,
        headers: {
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      return {
        status: response.status,
        headers: response.headers,
        body: (text === '' ? null : JSON.parse(text)) as any as Problem & Record<string, any>,
      };
    },
  };
}

export async function testApiWithShop(options: Partial<ApiOptions> = {}): Promise<TestApi> {
  const services = testServices();
  await seedShop(services);
  return testApi(services, options);
}
