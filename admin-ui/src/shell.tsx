import { Link, Outlet } from '@tanstack/react-router';
import { useSyncExternalStore } from 'react';
import { Button } from 'react-aria-components/Button';
import { session } from './api/session.ts';
import { BellMark } from './parts/icons.tsx';
import { SignIn } from './sign-in.tsx';

/** What is around every page; the sign-in form takes the page's place when the engine asks who is there. */
export function Shell() {
  const isNeeded = useSyncExternalStore(session.subscribe, session.isNeeded);
  return (
    <>
      <header className="top">
        <Link to="/" className="brand">
          <BellMark />
          Concierge
        </Link>
        {!isNeeded && session.token() !== null && (
          <Button className="button quiet" onPress={session.signOut}>
            Sign out
          </Button>
        )}
      </header>
      {isNeeded ? <SignIn /> : <Outlet />}
    </>
  );
}
