import { useQuery } from '@tanstack/react-query';
import type { Identity, TokenRole } from '#schemas/api.ts';
import { identityQuery } from './queries.ts';

/** What the page can say beforehand; the engine decides anyway, and what it refuses is shown as it says it. */

export const useIdentity = (): Identity | undefined => useQuery(identityQuery).data;

const OPERATORS: ReadonlySet<TokenRole> = new Set(['operator', 'admin']);

/** Whether commands will be taken. While it is not known yet they are offered: a refusal is shown where it comes. */
export const mayOperate = (identity: Identity | undefined): boolean => identity === undefined || OPERATORS.has(identity.scope.role);

export const mayAdminister = (identity: Identity | undefined): boolean => identity === undefined || identity.scope.role === 'admin';
