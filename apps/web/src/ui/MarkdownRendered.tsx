import ReactMarkdown, { type Components, defaultUrlTransform } from 'react-markdown'
import rehypeSanitize, { defaultSchema } from 'rehype-sanitize'
import remarkGfm from 'remark-gfm'
import classes from './Markdown.module.css'

/** Pictures may also be `data:` images: a script inside an image does not run. Nothing else changes from the library's own list. */
const schema = { ...defaultSchema, protocols: { ...defaultSchema.protocols, src: [...(defaultSchema.protocols?.src ?? []), 'data'] } }

const keepUrl = (url: string, key: string): string =>
  key === 'src' && /^data:image\/(png|jpeg|gif|webp|svg\+xml)[;,]/.test(url) ? url : defaultUrlTransform(url)

interface Node {
  type: string
  tagName?: string
  properties?: Record<string, unknown>
  children?: Node[]
}

function* headingsOf(node: Node): Generator<Node> {
  if (node.tagName !== undefined && /^h[1-6]$/.test(node.tagName)) yield node
  for (const child of node.children ?? []) yield* headingsOf(child)
}

/** Shifts headings so that the text's highest one becomes `first`, wherever its author began: the page's own title is the only h1. */
function startHeadingsAt({ first }: { first: number }) {
  return (tree: Node) => {
    const found = [...headingsOf(tree)]
    const levelOf = (node: Node) => Number(node.tagName!.slice(1))
    const highest = Math.min(...found.map(levelOf))
    for (const node of found) {
      const depth = levelOf(node) - highest
      node.properties = { ...node.properties, dataLevel: depth + 1 }
      node.tagName = `h${Math.min(6, first + depth)}`
    }
  }
}

const components: Components = {
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

export default function MarkdownRendered({ text, heading_level }: { text: string; heading_level: 2 | 3 }) {
  return (
    <div className={`${classes.markdown} prose`} dir="auto">
      <ReactMarkdown
        remarkPlugins={[remarkGfm]}
        rehypePlugins={[
          [rehypeSanitize, schema],
          [startHeadingsAt, { first: heading_level }],
        ]}
        urlTransform={keepUrl}
        components={components}
      >
        {text}
      </ReactMarkdown>
    </div>
  )
}
