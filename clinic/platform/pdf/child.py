"""Makes one PDF file in a process of its own: JSON with `html` and `css` comes in, the file goes out.

Run as a file, with neither Django nor our settings: what a page holds is gone with the process, and the web worker
keeps none of the memory. Nothing is fetched: the style comes along, every address is refused.
"""

import json
import resource
import sys

MEMORY_BYTES, CPU_SECONDS = 1536 * 1024 * 1024, 40
MISSING = 3  # exit code: the library or what it stands on is not installed


def main() -> int:
    """0 with a PDF on the standard output; MISSING where it cannot be made on this machine."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    try:
        from weasyprint import CSS, HTML
        from weasyprint.urls import URLFetcher
    except (ImportError, OSError):  # OSError: Pango is missing
        return MISSING

    class NothingFromOutside(URLFetcher):
        def fetch(self, url, headers=None):
            """Refused, whatever it is."""
            raise ValueError("nothing is fetched")

    asked = json.load(sys.stdin)
    fetcher = NothingFromOutside()
    style = CSS(string=asked["css"], url_fetcher=fetcher)
    document = HTML(string=asked["html"], url_fetcher=fetcher)
    document.write_pdf(sys.stdout.buffer, stylesheets=[style], pdf_variant="pdf/ua-1", pdf_tags=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
