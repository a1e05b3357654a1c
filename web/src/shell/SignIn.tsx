// Asks for a token where the server wants one; tries it before it is kept.
import { Checkbox, PasswordInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState, type FormEvent, type ReactElement } from "react";
import { send } from "@/api/client";
import { ApiFailure } from "@/api/failure";
import { queryClient } from "@/api/queries";
import { setToken } from "@/api/token";
import { Mark } from "@/shell/Mark";
import controls from "./controls.module.css";
import classes from "./SignIn.module.css";

function why(error: unknown): string {
  if (error instanceof ApiFailure && error.status === 401) return "The server does not know this token.";
  if (error instanceof ApiFailure && error.status === 403) return "This token does not allow reading.";
  return error instanceof Error ? error.message : String(error);
}

/** The page in place of all others while the server wants a token. */
export function SignIn(): ReactElement {
  const [text, setText] = useState("");
  const [keep, setKeep] = useState(false);
  const check = useMutation({
    mutationFn: (candidate: string) => send("GET", "/api/v1/status", { bearer: candidate }),
    onSuccess: (_, candidate) => {
      setToken(candidate, keep);
      void queryClient.resetQueries();
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (text.trim() !== "") check.mutate(text.trim());
  };
  return (
    <main className={classes["page"]}>
      <form className={classes["box"]} onSubmit={submit}>
        <h1 className={classes["title"]}>
          <Mark size={22} /> Sign in
        </h1>
        <p>
          This server wants a token for that. The first one lies in the file <code>token</code> of the data folder, usually{" "}
          <code>~/.local/share/tachograph/token</code>, or in the server&apos;s variable <code>TACHO_TOKEN</code>.
        </p>
        <PasswordInput label="Token" size="sm" autoFocus autoComplete="current-password" value={text} error={check.isError ? why(check.error) : undefined}
          onChange={(event) => setText(event.currentTarget.value)} />
        <Checkbox size="sm" label="Keep it in this browser. Otherwise it is gone when the tab closes" checked={keep} onChange={(event) => setKeep(event.currentTarget.checked)} />
        <button type="submit" className={`${controls["button"]} ${controls["primary"]} ${classes["submit"]}`} disabled={text.trim() === "" || check.isPending}>
          {check.isPending ? "Trying…" : "Sign in"}
        </button>
      </form>
    </main>
  );
}
