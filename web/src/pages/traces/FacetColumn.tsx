// Where the facets stand: a column that folds, or a drawer where there is little room.
import { Drawer } from "@mantine/core";
import { IconAdjustments, IconLayoutSidebarLeftCollapse } from "@tabler/icons-react";
import { useState, type ReactElement } from "react";
import type { Label } from "@/api/schema";
import { IconButton } from "@/components/IconButton";
import { remember, remembered, rememberedList } from "@/lib/storage";
import type { TypesOf } from "@/lib/traces/literal";
import type { Filters } from "@/lib/traces/search";
import { Facets } from "./Facets";
import type { HeldRange } from "./useHeldRange";
import { useFacets, useServiceSlots } from "./useSpanFigures";
import classes from "./Page.module.css";

interface FacetColumnProps {
  readonly filters: Filters;
  readonly typesOf: TypesOf;
  readonly labels: readonly Label[];
  readonly range: HeldRange;
  readonly narrow: boolean;
  readonly onFilters: (filters: Filters) => void;
}

const FOLDED = "traces.facets.folded";
const EXTRA = "traces.facets";
const MOST_EXTRA = 12;

/** The facets, or what opens them. */
export function FacetColumn({ narrow, ...props }: FacetColumnProps): ReactElement {
  const [folded, setFolded] = useState(() => remembered(FOLDED) === "1");
  const [open, setOpen] = useState(false);
  const fold = (next: boolean): void => {
    remember(FOLDED, next ? "1" : undefined);
    setFolded(next);
  };
  if (narrow) {
    return (
      <>
        <div className={classes["opener"]}>
          <IconButton icon={IconAdjustments} label="Facets" onClick={() => setOpen(true)}>
            Facets
          </IconButton>
        </div>
        <Drawer.Root opened={open} onClose={() => setOpen(false)} size={320}>
          <Drawer.Overlay />
          <Drawer.Content>
            <div className={classes["drawerHead"]}>
              <Drawer.Title>Filter by</Drawer.Title>
              <Drawer.CloseButton aria-label="Close the facets" />
            </div>
            <Drawer.Body>{open ? <FacetBody {...props} /> : null}</Drawer.Body>
          </Drawer.Content>
        </Drawer.Root>
      </>
    );
  }
  if (folded) {
    return (
      <div className={classes["folded"]}>
        <IconButton icon={IconAdjustments} label="Show the facets" onClick={() => fold(false)} />
      </div>
    );
  }
  return (
    <aside className={classes["facets"]} aria-label="Facets">
      <header className={classes["facetHead"]}>
        <h2>Filter by</h2>
        <IconButton icon={IconLayoutSidebarLeftCollapse} label="Hide the facets" onClick={() => fold(true)} />
      </header>
      <FacetBody {...props} />
    </aside>
  );
}

function FacetBody({ filters, typesOf, labels, range, onFilters }: Omit<FacetColumnProps, "narrow">): ReactElement {
  const [extra, setExtra] = useState(() => rememberedList(EXTRA));
  const [broken, setBroken] = useState(false);
  const data = useFacets(filters, extra, typesOf, range);
  const slotOf = useServiceSlots(data.facets.find((facet) => facet.name === "service.name")?.values.map(({ value }) => value) ?? []);
  const keep = (names: readonly string[]): void => {
    const next = names.slice(-MOST_EXTRA);
    remember(EXTRA, JSON.stringify(next));
    setExtra(next);
  };
  return (
    <>
      {broken ? (
        <p className={classes["broken"]} role="alert">
          The query has a mistake: mend it first, then it can be added to.
        </p>
      ) : null}
      <Facets
        data={data}
        filters={filters}
        typesOf={typesOf}
        labels={labels}
        slotOf={slotOf}
        extra={extra}
        onExtra={keep}
        onUse={(next) => {
          setBroken(next === undefined);
          if (next !== undefined) onFilters(next);
        }}
      />
    </>
  );
}
