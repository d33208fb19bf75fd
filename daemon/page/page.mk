# SPDX-License-Identifier: GPL-2.0-or-later
# The live page's files, as daemon/page.c includes them in the program: uPlot and the scripts one
# after the other, without what only people need, and each file compressed too. Included by
# daemon/daemon.mk.

# In this order; all share one scope.
PAGE_SCRIPTS := format model rates element bars list chart detail page
PAGE_JS := build/page/reasons.js $(PAGE_SCRIPTS:%=daemon/page/%.js)
PAGE_CSS := daemon/page/vendor/uPlot.min.css daemon/page/page.css daemon/page/detail.css
PAGE_FILES := build/page/page.html build/page/page.js.gz build/page/page.css.gz build/page/page.svg.gz

build/page/reasons.js: daemon/page/reasons.json
	@mkdir -p $(@D)
	@{ printf 'const REASONS = '; cat $<; echo ';'; } >$@

# What only the page's own scripts call by name is called by a letter: a table of reasons has many.
PAGE_INNER := ^(names|kind|means|helps|see|doc|samples|rates|rate|past|mark|offset|charts|others|opened|order|lost|pressed|answered|soon|asking|words|about|reasonText|phaseText|vm|gone|share|seen)$$

# uPlot stays as its makers ship it.
build/page/page.js: daemon/page/vendor/uPlot.iife.min.js $(PAGE_JS) daemon/page/page.mk
	$(call DAEMON_SAY,JS $@)
	@awk 1 $(PAGE_JS) | esbuild --minify --format=iife --target=es2022 --charset=utf8 \
		--mangle-props='$(PAGE_INNER)' --mangle-quoted >$@.own
	@cat $< $@.own >$@

build/page/page.css: $(PAGE_CSS) daemon/page/page.mk
	@mkdir -p $(@D)
	$(call DAEMON_SAY,CSS $@)
	@awk 1 $(PAGE_CSS) | esbuild --minify --loader=css --charset=utf8 >$@.new
	@mv $@.new $@

build/page/page.html build/page/page.svg: build/page/%: daemon/page/%
	@mkdir -p $(@D)
	@cp $< $@

build/page/%.gz: build/page/%
	@gzip -9nc $< >$@

# The assembler reads them: the compiler's list of headers does not know.
build/daemon/page.o build/asan/daemon/page.o build/tsan/daemon/page.o build/fuzz/daemon/page.o: $(PAGE_FILES)
