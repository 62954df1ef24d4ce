import type { Route } from './route.js';

/** What clients ask of the server itself. */
export const createServerRoutes = (): Route[] => [
  {
    method: 'GET',
    path: '/3.0/mlflow/server-info',
    answer: () =>
      Promise.resolve({
        store_type: 'SqlStore',
        workspaces_enabled: false,
        trace_archival_enabled: false,
        multipart_uploads_enabled: false,
        multipart_downloads_enabled: false,
        presigned_upload_run_id_supported: false,
        presigned_upload_model_id_supported: false,
        features_enabled: { gateway: false },
      }),
  },
];
