// The icon of a kind of node.
import { IconBinaryTree, IconDatabase, IconRobot, IconServer, IconSparkles, IconStack2, IconTool, IconWorld } from "@tabler/icons-react";

const ICONS: Readonly<Record<string, typeof IconServer>> = {
  service: IconServer,
  agent: IconRobot,
  database: IconDatabase,
  queue: IconStack2,
  model: IconSparkles,
  tool: IconTool,
  external: IconWorld,
};

/** The icon of a kind, 14 px; `x` and `y` place it inside a drawing. */
export function KindIcon({ kind, x, y }: { kind: string; x?: number; y?: number }) {
  const Icon = ICONS[kind] ?? IconBinaryTree;
  return <Icon size={14} aria-hidden {...(x === undefined ? {} : { x })} {...(y === undefined ? {} : { y })} />;
}
