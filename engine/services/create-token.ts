import type { CreateTokenRequest } from '#schemas/api.ts';
import { refuse } from '#schemas/problem.ts';
import type { Services } from './context.ts';

/** Who acts when the engine does. */
const ENGINE = 'engine';

/**
 * Makes a token; its secret is returned once. Approvals and the history go by its person, so that somebody with several
 * tokens is still one. Refused: a person written otherwise than before (`Ana`, `ana`), who would count as two, and the engine itself.
 */
export async function createToken(services: Services, { name, scope, person = name }: CreateTokenRequest) {
  const path = person === name ? '/name' : '/person';
  const key = keyOf(person);
  const faultOf = (message: string) => refuse('unprocessable', 'The token cannot be made so.', [{ path, message }]);
  if (key === ENGINE) faultOf('the engine itself acts by this name');
  const known = (await services.tokens.list()).find((one) => keyOf(one.person) === key && one.person !== person);
  if (known) faultOf(`there is a person ${known.person} already; write it the same way`);
  return services.tokens.create(name, scope, services.now(), person);
}

const keyOf = (person: string): string =>
  person
    .normalize('NFKC')
    .replaceAll(/[\p{Cf}\p{Cc}]/gu, '')
    .toLowerCase()
    .replaceAll(/\s+/g, ' ')
    .trim();
