// Where the UI starts.
import "@/theme/mantine.css";
import "@/theme/tokens.css";
import "@/theme/fonts.css";
import "@/theme/global.css";
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { queryClient } from "@/api/queries";
import { router } from "@/routes";
import { cssVariables, theme } from "@/theme/mantine";
import { cspNonce, shareNonce } from "@/theme/nonce";

const place = document.getElementById("root");
if (place === null) throw new Error("index.html has no #root");
shareNonce();
createRoot(place).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto" cssVariablesResolver={cssVariables} getStyleNonce={cspNonce}>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
