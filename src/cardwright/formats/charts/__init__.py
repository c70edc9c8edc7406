"""Charts as data: drawn as SVG on pages, and by Typst in the PDF."""
