// The frame around every page: rail, header, banner, main. Shows the sign-in page instead while the server wants a token.
import { Outlet } from "@tanstack/react-router";
import { Suspense, useEffect, useRef, useState, useSyncExternalStore, type ReactElement } from "react";
import { onToken, tokenNeeded } from "@/api/token";
import { remember, remembered } from "@/lib/storage";
import { ConnectionBanner } from "@/shell/ConnectionBanner";
import { Header } from "@/shell/Header";
import { late } from "@/shell/late";
import { pageOf } from "@/shell/nav";
import { PagePending } from "@/shell/PagePending";
import { Rail } from "@/shell/Rail";
import { ShellKeys } from "@/shell/ShellKeys";
import { onToast, toastsUsed } from "@/shell/toast";
import { TimeRangeProvider } from "@/shell/TimeRangeProvider";
import { usePath } from "@/shell/usePath";
import { ZoneProvider } from "@/shell/ZoneProvider";
import classes from "./Shell.module.css";

const Toasts = late(() => import("@/shell/Toasts").then((module) => module.Toasts));
const SignIn = late(() => import("@/shell/SignIn").then((module) => module.SignIn));

/** The frame around every page. */
export function Shell(): ReactElement {
  const locked = useSyncExternalStore(onToken, tokenNeeded);
  if (locked) {
    return (
      <Suspense fallback={null}>
        <SignIn />
      </Suspense>
    );
  }
  return (
    <ZoneProvider>
      <TimeRangeProvider>
        <Frame />
      </TimeRangeProvider>
    </ZoneProvider>
  );
}

/** As it was left; at first folded where there is little room. */
function isFolded(): boolean {
  const kept = remembered("rail");
  return kept === undefined ? matchMedia("(max-width: 960px)").matches : kept === "folded";
}

function Frame(): ReactElement {
  const [folded, setFolded] = useState(isFolded);
  const main = useRef<HTMLElement>(null);
  const path = usePath();
  const label = pageOf(path)?.label;
  // A page may put something more telling there, such as the name of its trace.
  useEffect(() => {
    document.title = label === undefined ? "Tachograph" : `${label} · Tachograph`;
    main.current?.scrollTo(0, 0);
    // Whoever came by a key stands nowhere: the keyboard goes on in the page.
    if (document.activeElement === document.body) main.current?.focus({ preventScroll: true });
  }, [label, path]);
  const toasts = useSyncExternalStore(onToast, toastsUsed);
  const fold = (next: boolean): void => {
    remember("rail", next ? "folded" : "open");
    setFolded(next);
  };
  return (
    <div className={classes["frame"]} data-folded={folded || undefined}>
      <a href="#main" className={classes["skip"]} onClick={(event) => (event.preventDefault(), main.current?.focus())}>
        Skip to content
      </a>
      <Rail folded={folded} onFold={fold} />
      <Header />
      <div className={classes["body"]}>
        <ConnectionBanner />
        <main id="main" ref={main} tabIndex={-1} className={classes["main"]}>
          <Suspense fallback={<PagePending />}>
            <Outlet />
          </Suspense>
        </main>
      </div>
      <ShellKeys />
      <p className={classes["spoken"]} aria-live="polite">
        {label}
      </p>
      {toasts ? (
        <Suspense fallback={null}>
          <section aria-label="Notices">
            <Toasts />
          </section>
        </Suspense>
      ) : null}
    </div>
  );
}
