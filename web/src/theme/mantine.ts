// Mantine's theme: its colours, sizes and faces are those of tokens.css, in both schemes.
import { createTheme, defaultVariantColorsResolver, type CSSVariablesResolver, type MantineColorsTuple, type VariantColorsResolver } from "@mantine/core";

const same = (value: string): MantineColorsTuple => [value, value, value, value, value, value, value, value, value, value];

/** What Mantine calls `dark`, from text to ground: its controls take fields, lines and surfaces from it. */
const dark: MantineColorsTuple = [
  "var(--ink)", "var(--ink-2)", "var(--ink-3)", "var(--ink-3)", "var(--edge)",
  "var(--hover)", "var(--surface)", "var(--ground)", "var(--ground)", "var(--ground)",
];

/** What Mantine calls `gray`, from ground to text, for the light scheme. */
const gray: MantineColorsTuple = [
  "var(--hover)", "var(--hover)", "var(--hairline)", "var(--hairline)", "var(--edge)",
  "var(--ink-3)", "var(--ink-3)", "var(--ink-2)", "var(--ink)", "var(--ink)",
];

interface Hue {
  readonly full: string;
  readonly wash: string;
  readonly on: string;
}

const HUES: Readonly<Record<string, Hue>> = {
  accent: { full: "var(--accent)", wash: "var(--accent-wash)", on: "var(--accent-ink)" },
  amber: { full: "var(--amber)", wash: "var(--amber-wash)", on: "var(--ground)" },
  red: { full: "var(--red)", wash: "var(--red-wash)", on: "var(--ground)" },
  gray: { full: "var(--ink-2)", wash: "var(--hover)", on: "var(--ground)" },
};

const variantColorResolver: VariantColorsResolver = (input) => {
  const hue = HUES[input.color ?? input.theme.primaryColor];
  if (hue === undefined) return defaultVariantColorsResolver(input);
  const none = "1px solid transparent";
  switch (input.variant) {
    case "filled":
      return { background: hue.full, hover: hue.full, color: hue.on, border: none };
    case "light":
      return { background: hue.wash, hover: hue.wash, color: hue.full, border: none };
    case "outline":
      return { background: "transparent", hover: "var(--hover)", color: hue.full, border: `1px solid ${hue.full}` };
    case "subtle":
    case "transparent":
      return { background: "transparent", hover: "var(--hover)", color: hue === HUES["accent"] ? "var(--ink)" : hue.full, border: none };
    case "default":
      return { background: "var(--surface)", hover: "var(--hover)", color: "var(--ink)", border: "1px solid var(--edge)" };
    default:
      return defaultVariantColorsResolver(input);
  }
};

/** The theme that every control takes. */
export const theme = createTheme({
  primaryColor: "accent",
  primaryShade: 6,
  colors: { accent: same("var(--accent)"), amber: same("var(--amber)"), red: same("var(--red)"), dark, gray },
  white: "var(--surface)",
  black: "var(--ink)",
  variantColorResolver,
  fontFamily: "var(--font-text)",
  fontFamilyMonospace: "var(--font-code)",
  fontSizes: { xs: "var(--size-small)", sm: "var(--size-small)", md: "var(--size-text)", lg: "15px", xl: "var(--size-title)" },
  radius: { xs: "3px", sm: "4px", md: "var(--radius)", lg: "8px", xl: "12px" },
  spacing: { xs: "6px", sm: "8px", md: "var(--gutter)", lg: "16px", xl: "24px" },
  shadows: { xs: "none", sm: "none", md: "var(--shadow)", lg: "var(--shadow)", xl: "var(--shadow)" },
  headings: { fontFamily: "var(--font-text)", fontWeight: "600" },
  defaultRadius: "md",
  cursorType: "pointer",
  focusRing: "auto",
  respectReducedMotion: true,
  components: {
    Tooltip: { defaultProps: { openDelay: 300, withArrow: false, fz: "sm", color: "var(--raised)", c: "var(--ink)" } },
    Popover: { defaultProps: { transitionProps: { duration: 0 }, shadow: "md" } },
    // Without the placeholder: a focusable element that is no menu item is a fault in a menu.
    Menu: { defaultProps: { transitionProps: { duration: 0 }, shadow: "md", withInitialFocusPlaceholder: false } },
    Drawer: { defaultProps: { transitionProps: { duration: 0 } } },
    TextInput: { defaultProps: { size: "xs" } },
    Autocomplete: { defaultProps: { size: "xs" } },
    NativeSelect: { defaultProps: { size: "xs" } },
    Select: { defaultProps: { size: "xs" } },
    Checkbox: { defaultProps: { size: "xs" } },
    Switch: { defaultProps: { size: "xs" } },
  },
});

const variables = {
  "--mantine-color-body": "var(--ground)",
  "--mantine-color-text": "var(--ink)",
  "--mantine-color-bright": "var(--ink)",
  "--mantine-color-dimmed": "var(--ink-2)",
  "--mantine-color-placeholder": "var(--ink-3)",
  "--mantine-color-anchor": "var(--link)",
  "--mantine-color-error": "var(--red)",
  "--mantine-color-default": "var(--surface)",
  "--mantine-color-default-hover": "var(--hover)",
  "--mantine-color-default-color": "var(--ink)",
  "--mantine-color-default-border": "var(--edge)",
  "--mantine-color-disabled": "var(--hover)",
  "--mantine-color-disabled-color": "var(--ink-3)",
  "--mantine-color-disabled-border": "var(--hairline)",
  "--mantine-primary-color-contrast": "var(--accent-ink)",
};

/** Mantine's own colour variables, both schemes alike: the tokens change with the scheme, not these. */
export const cssVariables: CSSVariablesResolver = () => ({ variables: {}, light: variables, dark: variables });
