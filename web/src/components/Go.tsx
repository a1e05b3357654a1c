// A link that navigates inside the UI and keeps the time range; with Ctrl, Shift or the middle button the browser's own.
import { useLocation, useRouter } from "@tanstack/react-router";
import { useCallback, type AnchorHTMLAttributes, type MouseEvent, type ReactElement, type Ref } from "react";
import { absolute } from "@/lib/base";
import { withRange } from "@/lib/href";
import { formatSearch, parseSearch, shellSearch, type How } from "@/lib/urlState";

/** Opens an address of `hrefs`, with the time range that is open now unless it names one. */
export function useGo(): (href: string, how?: How) => void {
  const router = useRouter();
  return useCallback(
    (href, how = "push") => {
      const full = absolute(withRange(href, parseSearch(router.history.location.search)));
      const target = full.pathname + full.search + full.hash;
      if (how === "push") router.history.push(target);
      else router.history.replace(target);
    },
    [router],
  );
}

interface GoProps extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, "href"> {
  /** An address of `hrefs`. */
  readonly href: string;
  readonly how?: How;
  readonly ref?: Ref<HTMLAnchorElement>;
}

function isOurs(event: MouseEvent<HTMLAnchorElement>): boolean {
  const plain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  const target = event.currentTarget.target;
  return plain && !event.defaultPrevented && (target === "" || target === "_self") && !event.currentTarget.hasAttribute("download");
}

/** A link inside the UI. */
export function Go({ href, how, onClick, ...rest }: GoProps): ReactElement {
  const go = useGo();
  const range = useLocation({ select: (location) => formatSearch(shellSearch(parseSearch(location.searchStr))) });
  const inside = href.startsWith("./");
  return (
    <a
      {...rest}
      href={withRange(href, parseSearch(range))}
      onClick={(event) => {
        onClick?.(event);
        if (!inside || !isOurs(event)) return;
        event.preventDefault();
        go(href, how);
      }}
    />
  );
}
