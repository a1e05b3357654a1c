// How the UI is built: hashed names below assets/, relative addresses (the server writes <base>),
// no source maps in the binary. `TACHO_SERVER` names the server that `npm run dev` talks to.
import react from "@vitejs/plugin-react";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";
import manifest from "./package.json" with { type: "json" };

const server = process.env["TACHO_SERVER"] ?? "http://127.0.0.1:3000";
const toServer = { target: server, changeOrigin: true };

/** Fills in the two markers that the server fills in when it serves the page. */
const markers: Plugin = {
  name: "tacho-markers",
  apply: "serve",
  transformIndexHtml: { order: "post", handler: (html) => html.replace("%BASE%", "/").replace("%NONCE%", "") },
};

export default defineConfig({
  base: "./",
  plugins: [react(), markers],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    target: "es2022",
    sourcemap: false,
    reportCompressedSize: false,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1024,
    rolldownOptions: {
      output: {
        // Under names that the size gate knows, and apart from the code that uses them.
        codeSplitting: {
          // What they share with the first page stays where it is.
          includeDependenciesRecursively: false,
          groups: [
            // Icons are a few hundred bytes each: one request instead of forty.
            { name: "icons", test: /node_modules\/@tabler\/icons-react\// },
            { name: "codemirror", test: /node_modules\/(@codemirror|@lezer|style-mod|w3c-keyname|crelt)\// },
            { name: "virtual", test: /node_modules\/@tanstack\/(react-virtual|virtual-core)\// },
          ],
        },
        // A page's chunk carries the page's name.
        chunkFileNames: ({ facadeModuleId }) => {
          const page = /pages\/(\w+)\/Page\.tsx$/.exec(facadeModuleId ?? "")?.[1];
          return `assets/${page ?? "[name]"}-[hash].js`;
        },
      },
    },
  },
  worker: { format: "es" },
  // All at once: a package found later would be bundled apart from the rest, with a second React context.
  optimizeDeps: { include: [...Object.keys(manifest.dependencies).filter((name) => !name.startsWith("@fontsource")), "react-dom/client", "react/jsx-dev-runtime"] },
  server: {
    proxy: { "/api": toServer, "/prometheus": toServer, "/ready": toServer, "/health": toServer, "/metrics": toServer },
  },
});
