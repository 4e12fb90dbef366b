/** Registries whose names are told apart. */
export type Registry = "npm" | "pypi" | "crates" | "gems" | "go";

/** Names that most people know, per registry: what a slip of the finger was most likely meant to be. */
export const popular: Readonly<Record<Registry, ReadonlySet<string>>> = {
  npm: list(`
    react react-dom react-router react-router-dom react-redux react-native react-query react-hook-form react-select
    react-icons react-scripts react-test-renderer react-dropzone react-markdown react-table react-transition-group
    react-spring react-intl react-i18next react-error-boundary react-hot-toast react-datepicker preact vue vuex pinia
    vue-router vue-loader svelte solid-js angular next nuxt gatsby remix astro vite vitest rollup webpack webpack-cli
    webpack-dev-server webpack-merge esbuild parcel turbo tsup tslib typescript ts-node ts-jest ts-loader tsx
    babel-loader babel-jest babel-core babel-eslint eslint eslint-config-airbnb eslint-config-prettier
    eslint-config-next eslint-plugin-import eslint-plugin-react eslint-plugin-react-hooks eslint-plugin-jest
    eslint-plugin-vue eslint-plugin-prettier eslint-plugin-jsx-a11y eslint-plugin-node eslint-plugin-promise prettier
    stylelint husky lint-staged commitlint lerna nx jest jest-cli jest-environment-jsdom mocha chai sinon jasmine karma
    ava tape nyc cypress playwright puppeteer puppeteer-core selenium-webdriver webdriverio supertest nock msw jsdom
    cheerio happy-dom express express-session express-validator express-rate-limit body-parser cookie-parser
    cookie-session compression morgan helmet cors multer passport passport-local passport-jwt koa koa-router koa-body
    fastify hapi restify socket.io socket.io-client ws http-proxy http-proxy-middleware http-server serve
    serve-static lodash lodash-es lodash.debounce lodash.merge lodash.get underscore ramda rxjs immer immutable moment
    moment-timezone dayjs date-fns luxon axios axios-retry node-fetch cross-fetch isomorphic-fetch got request
    request-promise superagent ky undici form-data qs query-string url-parse uuid nanoid shortid cuid chalk colors
    kleur picocolors ansi-styles strip-ansi ora inquirer prompts enquirer commander yargs yargs-parser minimist meow
    cac boxen figlet cli-table debug winston pino bunyan log4js loglevel dotenv dotenv-expand config convict
    cross-env cross-spawn execa shelljs rimraf mkdirp glob globby fast-glob minimatch micromatch picomatch chokidar
    fs-extra graceful-fs tmp tar archiver adm-zip jszip concurrently npm-run-all nodemon pm2 forever semver
    node-gyp node-sass sass sass-loader less less-loader postcss postcss-loader postcss-cli autoprefixer cssnano
    css-loader style-loader file-loader url-loader html-webpack-plugin mini-css-extract-plugin
    copy-webpack-plugin terser terser-webpack-plugin uglify-js tailwindcss bootstrap jquery jquery-ui d3 three
    chart.js echarts highcharts leaflet mapbox-gl styled-components classnames clsx framer-motion redux redux-thunk
    redux-saga redux-toolkit reselect zustand jotai mobx mobx-react recoil xstate zod yup joi ajv ajv-formats
    validator class-validator class-transformer reflect-metadata inversify typeorm sequelize mongoose mongodb mysql
    mysql2 pg pg-promise sqlite3 better-sqlite3 redis ioredis knex prisma drizzle-orm bull bullmq kafkajs amqplib
    graphql graphql-tag graphql-request apollo-server apollo-client urql swr jsonwebtoken jose bcrypt bcryptjs argon2
    crypto-js node-forge tweetnacl elliptic bn.js ethers web3 viem hardhat nodemailer handlebars mustache ejs pug
    marked markdown-it highlight.js prismjs showdown dompurify sanitize-html xml2js fast-xml-parser js-yaml yaml toml
    ini csv-parse papaparse xlsx exceljs pdfkit pdf-lib sharp jimp canvas aws-sdk firebase firebase-admin stripe
    twilio openai langchain electron electron-builder async bluebird p-limit p-queue p-map eventemitter3 mitt
    lru-cache node-cache events buffer process path-to-regexp inherits safe-buffer readable-stream through2 mime
    mime-types content-type iconv-lite acorn esprima recast ast-types source-map source-map-support core-js
    regenerator-runtime whatwg-fetch object-assign i18next formik final-form fuse.js flexsearch vue-i18n vuetify
    element-plus antd swiper slick-carousel quill codemirror monaco-editor hono elysia nestjs storybook
    @types/node @types/react @types/react-dom @types/jest @types/lodash @types/express @types/mocha @types/uuid
    @babel/core @babel/cli @babel/preset-env @babel/preset-react @babel/preset-typescript @babel/runtime
    @typescript-eslint/parser @typescript-eslint/eslint-plugin @angular/core @angular/cli @angular/common
    @nestjs/core @nestjs/common @nestjs/cli @vue/cli @vitejs/plugin-react @testing-library/react
    @testing-library/jest-dom @testing-library/user-event @reduxjs/toolkit @tanstack/react-query @mui/material
    @emotion/react @emotion/styled @prisma/client @playwright/test @aws-sdk/client-s3 @google-cloud/storage
    @octokit/rest @sentry/node @sentry/react @apollo/client @storybook/react @trpc/server @sveltejs/kit
  `),
  pypi: list(`
    requests urllib3 certifi idna charset-normalizer chardet numpy pandas scipy matplotlib seaborn plotly bokeh altair
    scikit-learn scikit-image xgboost lightgbm catboost statsmodels sympy networkx tensorflow tensorflow-gpu keras
    torch torchvision torchaudio pytorch-lightning lightning transformers tokenizers datasets accelerate diffusers
    sentence-transformers huggingface-hub safetensors jax jaxlib flax onnx onnxruntime openai anthropic langchain
    tiktoken llama-index gensim spacy nltk opencv-python opencv-python-headless pillow imageio django
    djangorestframework django-filter django-cors-headers django-debug-toolbar flask flask-cors flask-login
    flask-sqlalchemy flask-migrate flask-wtf fastapi starlette uvicorn gunicorn hypercorn aiohttp httpx httpcore
    tornado sanic bottle falcon pyramid werkzeug jinja2 markupsafe click typer rich colorama tqdm tabulate termcolor
    prompt-toolkit pygments docopt python-dotenv python-dateutil pytz tzdata arrow pendulum six attrs pydantic
    pydantic-core pydantic-settings marshmallow cattrs typing-extensions mypy mypy-extensions pyright pylint flake8
    black isort ruff autopep8 yapf bandit pre-commit pytest pytest-cov pytest-asyncio pytest-mock pytest-xdist
    pytest-django pytest-timeout coverage tox nox hypothesis faker factory-boy freezegun responses moto mock
    unittest2 nose selenium playwright scrapy beautifulsoup4 lxml html5lib soupsieve cssselect feedparser pyyaml
    ruamel-yaml toml tomli tomlkit orjson ujson simplejson jsonschema protobuf grpcio grpcio-tools cryptography
    pycryptodome pyopenssl paramiko bcrypt passlib pyjwt python-jose itsdangerous oauthlib requests-oauthlib
    requests-toolbelt cachetools sqlalchemy alembic psycopg2 psycopg2-binary psycopg asyncpg pymysql mysqlclient
    mysql-connector-python pymongo motor redis celery kombu rq dramatiq elasticsearch kafka-python confluent-kafka
    pika boto3 botocore awscli s3transfer s3fs google-cloud-storage google-api-python-client google-auth azure-core
    azure-storage-blob azure-identity kubernetes docker ansible fabric invoke jupyter jupyterlab notebook ipython
    ipykernel nbconvert setuptools wheel pip virtualenv poetry pipenv build twine packaging importlib-metadata
    filelock platformdirs psutil watchdog schedule apscheduler loguru structlog sentry-sdk prometheus-client
    opentelemetry-api streamlit gradio dash pyspark dask polars pyarrow openpyxl xlsxwriter xlrd pypdf pdfplumber
    reportlab markdown sphinx mkdocs mkdocs-material websockets websocket-client python-socketio pyserial pyinstaller
    cython numba regex joblib cloudpickle greenlet gevent eventlet tenacity pyperclip pyautogui pygame discord-py
    telethon python-telegram-bot tweepy stripe twilio slack-sdk web3 pycurl shapely geopandas folium
  `),
  crates: list(`
    serde serde_json serde_yaml serde_derive serde_with toml tokio tokio-util tokio-stream tokio-rustls futures
    futures-util async-trait async-std smol rayon crossbeam crossbeam-channel parking_lot once_cell lazy_static
    anyhow thiserror eyre color-eyre log env_logger tracing tracing-subscriber slog clap structopt argh rand
    rand_core rand_chacha regex chrono time uuid bytes itertools hashbrown indexmap dashmap smallvec arrayvec bitflags
    num num-traits num-bigint bincode prost tonic hyper reqwest ureq axum actix-web warp rocket tower tower-http
    http url percent-encoding base64 hex sha2 sha1 md5 hmac ring rustls openssl native-tls aes rsa ed25519-dalek
    argon2 bcrypt jsonwebtoken diesel sqlx rusqlite sea-orm redis mongodb postgres tokio-postgres r2d2 deadpool syn
    quote proc-macro2 libc nix winapi windows memchr memmap2 tempfile walkdir glob ignore notify dirs which
    criterion proptest quickcheck mockall insta rstest assert_cmd predicates pretty_assertions wasm-bindgen web-sys
    js-sys yew leptos bevy wgpu winit egui image ndarray nalgebra polars csv crossterm ratatui indicatif dialoguer
    console colored termcolor semver strum heck either cfg-if flate2 zstd zip tar rust_decimal aws-config lru
    moka ahash fxhash dotenv dotenvy config figment askama tera handlebars lettre teloxide serenity cxx bindgen cc
  `),
  gems: list(`
    rails rake bundler rspec rspec-rails rspec-core minitest sinatra puma unicorn thin rack rack-test rack-cors sidekiq
    resque devise pundit cancancan omniauth bcrypt jwt nokogiri mechanize httparty faraday rest-client typhoeus json
    oj multi_json activerecord activesupport actionpack activemodel pg mysql2 sqlite3 redis mongoid sequel kaminari
    will_paginate carrierwave paperclip shrine aws-sdk aws-sdk-s3 fog capybara selenium-webdriver factory_bot
    factory_bot_rails faker webmock vcr simplecov rubocop rubocop-rails rubocop-rspec pry pry-byebug byebug dotenv
    dotenv-rails figaro jekyll middleman haml slim sass sassc-rails bootstrap jquery-rails turbolinks webpacker
    importmap-rails capistrano chef puppet vagrant fastlane cocoapods thor tty-prompt concurrent-ruby i18n tzinfo
    builder erubi listen spring bootsnap rexml net-ssh stripe
  `),
  go: list(`
    github.com/gin-gonic/gin github.com/labstack/echo github.com/gofiber/fiber github.com/gorilla/mux
    github.com/gorilla/websocket github.com/go-chi/chi github.com/spf13/cobra github.com/spf13/viper
    github.com/spf13/pflag github.com/stretchr/testify github.com/sirupsen/logrus github.com/rs/zerolog
    github.com/google/uuid github.com/google/go-cmp github.com/pkg/errors github.com/joho/godotenv
    github.com/jmoiron/sqlx github.com/lib/pq github.com/jackc/pgx github.com/go-sql-driver/mysql
    github.com/mattn/go-sqlite3 github.com/go-redis/redis github.com/redis/go-redis github.com/golang-jwt/jwt
    github.com/prometheus/client_golang github.com/aws/aws-sdk-go github.com/hashicorp/terraform
    github.com/urfave/cli github.com/fatih/color github.com/fsnotify/fsnotify github.com/davecgh/go-spew
    github.com/golang/protobuf github.com/onsi/ginkgo github.com/onsi/gomega github.com/golang/mock
    github.com/boltdb/bolt github.com/charmbracelet/bubbletea github.com/charmbracelet/lipgloss
    github.com/shopspring/decimal github.com/patrickmn/go-cache github.com/nats-io/nats.go
    go.uber.org/zap go.mongodb.org/mongo-driver gorm.io/gorm google.golang.org/grpc google.golang.org/protobuf
    golang.org/x/net golang.org/x/sync golang.org/x/crypto golang.org/x/text golang.org/x/sys golang.org/x/tools
    gopkg.in/yaml.v2 gopkg.in/yaml.v3
  `),
};

/** Real packages whose names happen to be one slip away from a popular one. */
export const lookAlikes: Readonly<Record<Registry, ReadonlySet<string>>> = {
  npm: list(`
    babel-cli color colord color-js jsdoc prompt scrypt server tslint lodash.set lodash.has event-emitter mockjs
    immutability-helper react-dnd react-is react-pdf request-ip serve-index sinon-chai types-ramda vuepress webpackbar
  `),
  pypi: list(`
    attr boto dataset docker-py ijson motor psycopg-binary psycopg-pool pyaml scrypt tensorflow-cpu tomli-w torchx
    types-requests types-pyyaml
  `),
  crates: list(
    "md-5 sha-1 tokio-test tonic-build prost-build prost-types serde_qs serde_cbor hyper-tls hyper-util",
  ),
  gems: list("rack-protection rails-i18n redis-client rspec-mocks"),
  go: list("github.com/gorilla/sessions github.com/jackc/pgtype"),
};

function list(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/).filter((name) => name !== ""));
}
