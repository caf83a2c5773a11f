import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { Form } from 'react-aria-components/Form';
import { Input, Label, Text, TextField } from 'react-aria-components/TextField';
import { answerOf, routes } from './api/client.ts';
import { session } from './api/session.ts';
import { Refusal } from './parts/notice.tsx';

/** Takes a token, and keeps it only if the engine knows it. */
export function SignIn() {
  const queries = useQueryClient();
  const [token, setToken] = useState('');
  const check = useMutation({
    mutationFn: (typed: string) => answerOf(routes.environments.$get({}, { headers: { authorization: `Bearer ${typed}` } })),
    onSuccess: (_answer, typed) => {
      queries.clear();
      session.signIn(typed);
    },
  });
  return (
    <main className="page narrow">
      <div className="card sign-in">
        <h1>Sign in</h1>
        <Form
          onSubmit={(event) => {
            event.preventDefault();
            check.mutate(token.trim());
          }}
        >
          <TextField className="field" type="password" value={token} onChange={setToken} isRequired autoFocus>
            <Label>Token</Label>
            <Input className="input" autoComplete="off" spellCheck="false" />
            <Text slot="description" className="help">
              Kept in this tab only, until it is closed. Whoever runs the engine can give you one.
            </Text>
          </TextField>
          {check.error && <Refusal error={check.error} />}
          <Button className="button primary" type="submit" isPending={check.isPending}>
            Sign in
          </Button>
        </Form>
      </div>
    </main>
  );
}
