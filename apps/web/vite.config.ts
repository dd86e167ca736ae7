import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const server = process.env.GRADUS_DEV_SERVER ?? 'http://127.0.0.1:3000'

/**
 * One static bundle in apps/web/dist, served by the server. Everything under assets/ carries a hash in its name and may be
 * cached for ever; index.html, color-scheme.js and favicon.svg may not.
 *
 * The Content-Security-Policy it runs under: default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline';
 * img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self';
 * frame-ancestors 'none'. Mantine and CodeMirror write <style> elements at run time, hence 'unsafe-inline' for styles alone;
 * no script is inline and none is made from text.
 */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    sourcemap: false,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            {
              name: 'editor',
              test: /node_modules[\\/](@codemirror[\\/](state|view|commands|language|autocomplete)|@lezer[\\/](common|highlight|lr)|@marijn|style-mod|crelt|w3c-keyname)[\\/]/,
              priority: 30,
            },
            { name: 'markdown', test: /node_modules[\\/](react-markdown|remark-|rehype-|micromark|mdast-|hast-|unist-|unified|vfile)/, priority: 20 },
            { name: 'mantine', test: /node_modules[\\/]@mantine[\\/]/, priority: 10 },
            { name: 'react', test: /node_modules[\\/](react|react-dom|scheduler|@tanstack)[\\/]/, priority: 10 },
          ],
        },
      },
    },
  },
  server: { proxy: { '/api': server, '/openapi.json': server, '/docs': server } },
})
