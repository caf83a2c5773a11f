import { useQuery } from '@tanstack/react-query';
import type { Identity, TokenRole } from '#schemas/api.ts';
import { identityQuery } from './queries.ts';

/** What the page can say beforehand; the engine decides anyway, and what it refuses is shown as it says it. */

export const useIdentity = (): Identity | undefined => useQuery(identityQuery).data;

const OPERATORS: ReadonlySet<TokenRole> = new Set(['operator', 'admin']);
const PUBLISHERS: ReadonlySet<TokenRole> = new Set(['publisher', ...OPERATORS]);

/** Whether commands will be taken. While it is not known yet they are offered: a refusal is shown where it comes. */
export const mayOperate = (identity: Identity | undefined): boolean => identity === undefined || OPERATORS.has(identity.scope.role);

export const mayAdminister = (identity: Identity | undefined): boolean => identity === undefined || identity.scope.role === 'admin';

/** Whether units of the apartment may be published and promoted: they belong to all of its environments, and so must the token. */
export const mayPublish = (identity: Identity | undefined): boolean =>
  identity === undefined || (PUBLISHERS.has(identity.scope.role) && identity.scope.environment === '*');

/** Whether commands will be taken for the environment. */
export const mayOperateIn = (identity: Identity | undefined, environment: string): boolean =>
  mayOperate(identity) && (identity === undefined || ['*', environment].includes(identity.scope.environment));

/** Those of the environments that commands will be taken for. */
export const operable = <At extends { environment: string }>(identity: Identity | undefined, environments: readonly At[]): At[] =>
  environments.filter(({ environment }) => mayOperateIn(identity, environment));
