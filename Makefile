# make up      installs, builds, loads the city (and demo data unless DEMO=0), serves on 127.0.0.1:8080
# make test    installs, builds with sanitizers, passes every test on both engines
# make dev     serves with templates read anew for each page
# make bench   measures, as ratios within one run
# make fuzz    looks for inputs that break a parser (SECONDS_EACH=60)
# make clauses which clause is proved for which verb
# make deb     a Debian package of the release build, in build/deb
# make format lint clean
DEMO ?= 1
DATA ?= ./data
PORT ?= 8080
SUITES ?=
SECONDS_EACH ?= 60

.PHONY: up dev build test clauses bench fuzz deb format lint clean

build:
	@tools/deps
	@npm run --silent --prefix web build
	@cmake -S . -B build/release -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo >/dev/null
	@ninja -C build/release --quiet tuoyu

up: build
	@mkdir -p $(dir $(DATA)) && build/release/tuoyu init --data $(DATA) $(if $(filter 0,$(DEMO)),,--demo)
	@exec build/release/tuoyu serve --data $(DATA) --port $(PORT)

dev: build
	@build/release/tuoyu init --data $(DATA) --demo
	@exec build/release/tuoyu serve --data $(DATA) --port $(PORT) --develop src

test:
	@tools/deps test
	@tools/test $(SUITES)

clauses:
	@tools/deps test
	@tools/test report

bench:
	@tools/deps test
	@npm run --silent --prefix web build
	@cmake -S . -B build/bench -G Ninja -DCMAKE_BUILD_TYPE=Release >/dev/null
	@ninja -C build/bench --quiet
	@node bench/run.mjs

fuzz:
	@tools/deps fuzz
	@tools/fuzz $(SECONDS_EACH)

deb: build
	@deploy/deb build/release/tuoyu build/deb

format:
	@tools/format

lint:
	@tools/deps test
	@tools/format check | tail -n 1
	@cmake -S . -B build/lint -G Ninja -DCMAKE_BUILD_TYPE=Debug >/dev/null && ninja -C build/lint --quiet tuoyu
	@cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr --error-exitcode=1 \
	  --suppress=missingIncludeSystem --suppress=varFuncNullUB --suppress=unknownMacro:src/base/json.c --suppress=missingInclude -j 2 -I src src
	@git ls-files 'src/*.c' | xargs -P 2 -n 8 clang-tidy --quiet -p build/lint
	@npm run --silent --prefix web check

clean:
	rm -rf build
