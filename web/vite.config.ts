// How the UI is built: hashed names below assets/, relative addresses (the server writes <base>),
// no source maps in the binary. `TACHO_SERVER` names the server that `npm run dev` talks to.
import react from "@vitejs/plugin-react";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const server = process.env["TACHO_SERVER"] ?? "http://127.0.0.1:3000";
const toServer = { target: server, changeOrigin: true };

export default defineConfig({
  base: "./",
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    target: "es2022",
    sourcemap: false,
    reportCompressedSize: false,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1024,
  },
  server: { proxy: { "/api": toServer, "/prometheus": toServer, "/ready": toServer, "/health": toServer } },
});
