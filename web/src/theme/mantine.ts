// Mantine's theme: its colours, sizes and faces are those of tokens.css.
import { createTheme, type MantineColorsTuple } from "@mantine/core";

const accent: MantineColorsTuple = [
  "var(--accent-wash)", "var(--accent-wash)", "var(--accent)", "var(--accent)", "var(--accent)",
  "var(--accent)", "var(--accent)", "var(--accent)", "var(--accent)", "var(--accent)",
];

/** The theme that every control takes. */
export const theme = createTheme({
  primaryColor: "accent",
  primaryShade: 6,
  colors: { accent },
  fontFamily: "var(--font-text)",
  fontFamilyMonospace: "var(--font-code)",
  fontSizes: { xs: "11px", sm: "var(--size-small)", md: "var(--size-text)", lg: "15px", xl: "var(--size-title)" },
  radius: { xs: "3px", sm: "4px", md: "var(--radius)", lg: "8px", xl: "12px" },
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
});
