/** What is used of beautiful-mermaid. */
export interface Mermaid {
  renderMermaidSVG: (diagram: string, options: Record<string, string | boolean>) => string
}

/** The colours of the website. Mermaid's own names, such as `--muted`, would refer to themselves. */
const colours = {
  bg: 'var(--background)',
  fg: 'var(--text)',
  muted: 'var(--subtle)',
  line: 'var(--subtle)',
  accent: 'var(--text)',
  surface: 'var(--raised)',
  border: 'var(--rule)',
}

/** Draws a diagram of a page with the colours of the website. */
export function drawing({ renderMermaidSVG }: Mermaid): (diagram: string) => string {
  return diagram => {
    const svg = renderMermaidSVG(diagram, { ...colours, transparent: true })
    // The website requests nothing from others, so its text has the font of the page.
    return svg.replace(/@import url\([^)]*\);/g, '').replace(/font-family: '[^']*', /g, 'font-family: ')
  }
}
