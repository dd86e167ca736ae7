import { createElement } from 'react'
import ReactMarkdown, { type Components, defaultUrlTransform } from 'react-markdown'
import rehypeSanitize, { defaultSchema } from 'rehype-sanitize'
import remarkGfm from 'remark-gfm'
import classes from './Markdown.module.css'

/** Pictures may also be `data:` images: a script inside an image does not run. Nothing else changes from the library's own list. */
const schema = { ...defaultSchema, protocols: { ...defaultSchema.protocols, src: [...(defaultSchema.protocols?.src ?? []), 'data'] } }

const keepUrl = (url: string, key: string): string =>
  key === 'src' && /^data:image\/(png|jpeg|gif|webp|svg\+xml)[;,]/.test(url) ? url : defaultUrlTransform(url)

/** `#` becomes `first`, `##` the next one: the page's own title is the only h1. */
const headings = (first: number): Components =>
  Object.fromEntries(
    [1, 2, 3, 4, 5, 6].map((n) => [
      `h${n}`,
      ({ children, id }: { children?: React.ReactNode; id?: string }) =>
        createElement(`h${Math.min(6, n + first - 1)}`, { id, 'data-level': n }, children),
    ]),
  )

const shared: Components = {
  a: ({ href, children }) => {
    const isForeign = href !== undefined && /^https?:/.test(href)
    return (
      <a href={href} {...(isForeign ? { target: '_blank', rel: 'noreferrer' } : {})}>
        {children}
      </a>
    )
  },
  // A wide table or block scrolls by itself; without a tab stop the keyboard could not reach its end.
  table: ({ children }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className={classes.scroll} tabIndex={0} aria-label="Table">
      <table>{children}</table>
    </section>
  ),
  pre: ({ children }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <pre tabIndex={0}>{children}</pre>
  ),
  img: ({ src, alt }) => <img src={src} alt={alt ?? ''} loading="lazy" />,
}
const components = { 2: { ...headings(2), ...shared }, 3: { ...headings(3), ...shared } }

export default function MarkdownRendered({ text, heading_level }: { text: string; heading_level: 2 | 3 }) {
  return (
    <div className={`${classes.markdown} prose`} dir="auto">
      <ReactMarkdown
        remarkPlugins={[remarkGfm]}
        rehypePlugins={[[rehypeSanitize, schema]]}
        urlTransform={keepUrl}
        components={components[heading_level]}
      >
        {text}
      </ReactMarkdown>
    </div>
  )
}
