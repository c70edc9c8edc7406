"""Charts: described once as data, drawn as SVG here and natively by Typst in the PDF."""
