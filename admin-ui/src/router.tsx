import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import { ApartmentPage } from './apartment/apartment-page.tsx';
import { EnvironmentPage } from './environment/environment-page.tsx';
import { EnvironmentsPage } from './environments/environments-page.tsx';
import { PageError } from './page-error.tsx';
import { PageNotFound } from './page-not-found.tsx';
import { RolloutPage } from './rollouts/rollout-page.tsx';
import { Shell } from './shell.tsx';

const root = createRootRoute({ component: Shell, notFoundComponent: PageNotFound });

const environments = createRoute({ getParentRoute: () => root, path: '/', component: EnvironmentsPage });

export const apartmentRoute = createRoute({
  getParentRoute: () => root,
  path: '/$apartment',
  component: function ApartmentRoute() {
    const { apartment } = apartmentRoute.useParams();
    return <ApartmentPage key={apartment} apartment={apartment} />;
  },
});

export const environmentRoute = createRoute({
  getParentRoute: () => root,
  path: '/$apartment/$environment',
  // Another environment is another page: nothing typed or remembered for the one may be seen on the other.
  component: function EnvironmentRoute() {
    const place = environmentRoute.useParams();
    return <EnvironmentPage key={`${place.apartment}/${place.environment}`} place={place} />;
  },
});

export const rolloutRoute = createRoute({
  getParentRoute: () => root,
  path: '/$apartment/$environment/rollouts/$rollout',
  component: function RolloutRoute() {
    const { rollout, ...place } = rolloutRoute.useParams();
    return <RolloutPage key={`${place.apartment}/${place.environment}/${rollout}`} place={place} id={rollout} />;
  },
});

export const router = createRouter({
  routeTree: root.addChildren([environments, apartmentRoute, environmentRoute, rolloutRoute]),
  basepath: '/admin',
  defaultErrorComponent: PageError,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
