import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { type Place, rolloutsQuery } from '../api/queries.ts';

/** Goes to the page of a rollout once it is known here, unless whoever asked has gone elsewhere meanwhile. */
export function useShowRollout(place: Place): (id: string) => Promise<void> {
  const queries = useQueryClient();
  const router = useRouter();
  return async (id) => {
    const { href } = router.state.location;
    await queries.refetchQueries({ queryKey: rolloutsQuery(place).queryKey });
    if (router.state.location.href !== href) return;
    await router.navigate({ to: '/$apartment/$environment/rollouts/$rollout', params: { ...place, rollout: id } });
  };
}
