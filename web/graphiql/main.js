import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import 'graphiql/style.css';
import './graphiql.css';
import welcome from './welcome.graphql?raw';

// Relative to /graphiql/, so that the page also works behind a proxy that adds a path prefix.
const endpoint = new URL('../graphql', document.baseURI);
const socket = new URL(endpoint);
socket.protocol = endpoint.protocol === 'https:' ? 'wss:' : 'ws:';

// What the reader types under "Headers" goes with HTTP requests as headers and with subscriptions
// (graphql-transport-ws) as connection_init payload: one token serves both.
const fetcher = createGraphiQLFetcher({ url: endpoint.href, subscriptionUrl: socket.href });

const page = createElement(GraphiQL, { fetcher, defaultQuery: welcome }, createElement(GraphiQL.Logo, null, 'RunGraph'));
createRoot(document.getElementById('graphiql')).render(page);
