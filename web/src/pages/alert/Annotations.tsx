// What the rule says about the alert: description and other annotations; links where they are links.
import type { ReactElement } from "react";
import type { Alert } from "@/api/schema";
import { Go } from "@/components/Go";
import { KeyValues } from "@/components/KeyValues";
import { Panel } from "@/components/Panel";
import { linkOf } from "@/lib/alerting/links";
import classes from "./Page.module.css";

/** The panel; nothing at all without annotations. */
export function Annotations({ alert }: { readonly alert: Alert }): ReactElement | null {
  const { description, ...others } = alert.annotations;
  const items = Object.entries(others).filter(([name]) => name !== "summary");
  if (description === undefined && items.length === 0) return null;
  return (
    <Panel title="Description">
      {description === undefined ? null : <p className={classes["description"]}>{description}</p>}
      {items.length === 0 ? null : <KeyValues label="Annotations" items={items.map(([key, value]) => ({ key, value, show: <Value name={key} value={value} /> }))} />}
    </Panel>
  );
}

function Value({ name, value }: { readonly name: string; readonly value: string }): ReactElement {
  const link = /url|link|runbook|dashboard/iu.test(name) || /^https?:/u.test(value) ? linkOf(value) : undefined;
  if (link === undefined) return <>{value}</>;
  if (link.inside) return <Go href={link.href}>{value}</Go>;
  return (
    <a href={link.href} target="_blank" rel="noreferrer">
      {value}
    </a>
  );
}
