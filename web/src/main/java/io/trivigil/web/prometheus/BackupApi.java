package io.trivigil.web.prometheus;

import io.trivigil.node.Backups;
import io.trivigil.storage.backup.BackupException;
import io.trivigil.storage.backup.BackupManifest;
import io.trivigil.storage.backup.Throttle;
import io.trivigil.web.WebOptions;
import io.trivigil.web.backend.Backend;
import io.trivigil.web.http.Answer;
import io.trivigil.web.http.ApiException;
import io.trivigil.web.http.Request;
import io.trivigil.web.http.Router;
import java.io.IOException;

/// Backups over HTTP, piece by piece: `POST admin/backup` begins one and names it, `GET
/// admin/backup?id=` says how it is and gives the manifest, `GET admin/backup/file` a piece of a
/// file, `POST admin/backup/end` drops it. And Prometheus's own `admin/tsdb/snapshot`. All of it
/// only with `--web.enable-admin-api`, for a backup holds everything.
final class BackupApi {
  private final Backend backend;
  private final WebOptions options;

  BackupApi(Backend backend, WebOptions options) {
    this.backend = backend;
    this.options = options;
  }

  void addTo(Router router, Api api) {
    router.on("POST", "/api/v1/admin/backup", api.wrap(this::begin));
    router.on("GET", "/api/v1/admin/backup", api.wrap(this::status));
    router.on("GET", "/api/v1/admin/backup/file", this::piece);
    router.on("POST", "/api/v1/admin/backup/end", api.wrap(this::end));
    router.on("POST,PUT", "/api/v1/admin/tsdb/snapshot", api.wrap(_ -> snapshot()));
  }

  private void requireAdmin() {
    if (!options.adminApi()) {
      throw new ApiException(ApiException.Type.UNAVAILABLE, "admin APIs disabled");
    }
  }

  private Api.Data begin(Request request) {
    requireAdmin();
    try {
      return show(backend.backups().begin(rate(request.params().first("max_rate"))));
    } catch (BackupException e) {
      throw new ApiException(ApiException.Type.UNAVAILABLE, String.valueOf(e.getMessage()), e);
    }
  }

  private static long rate(String text) {
    if (text.isEmpty()) {
      return Throttle.DEFAULT_RATE;
    }
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new ApiException(
          ApiException.Type.BAD_DATA, "max_rate wants bytes per second, not " + text, e);
    }
  }

  private Api.Data status(Request request) {
    requireAdmin();
    String id = request.params().first("id");
    return show(
        backend
            .backups()
            .status(id)
            .orElseThrow(
                () -> new ApiException(ApiException.Type.NOT_FOUND, "no such backup: id=" + id)));
  }

  private static Api.Data show(Backups.Status status) {
    return Api.Data.of(
        json -> {
          json.beginObject().field("id", status.id());
          switch (status.state()) {
            case Backups.State.Preparing() -> json.field("state", "preparing");
            case Backups.State.Ready(BackupManifest manifest) ->
                json.field("state", "ready").field("manifest", manifest.text());
            case Backups.State.Failed(String reason) ->
                json.field("state", "failed").field("error", reason);
          }
          json.endObject();
        });
  }

  private Answer piece(Request request) {
    if (!options.adminApi()) {
      return Answer.text(503, "admin APIs disabled\n");
    }
    try {
      byte[] bytes =
          backend
              .backups()
              .piece(
                  request.params().first("id"),
                  request.params().first("name"),
                  Long.parseLong(request.params().first("offset")),
                  Backups.MAX_PIECE);
      return Answer.bytes(200, "application/octet-stream", bytes);
    } catch (NumberFormatException e) {
      return Answer.text(400, "offset wants a number: " + e.getMessage() + "\n");
    } catch (BackupException e) {
      return Answer.text(404, e.getMessage() + "\n");
    } catch (IOException e) {
      return Answer.text(500, e + "\n");
    }
  }

  private Api.Data end(Request request) {
    requireAdmin();
    try {
      backend
          .backups()
          .end(request.params().first("id"), request.params().first("complete").equals("true"));
      return Api.Data.of(json -> json.beginObject().endObject());
    } catch (IOException e) {
      throw new ApiException(ApiException.Type.INTERNAL, e.toString(), e);
    }
  }

  private Api.Data snapshot() throws InterruptedException {
    requireAdmin();
    try {
      String name = backend.backups().snapshot();
      return Api.Data.of(json -> json.beginObject().field("name", name).endObject());
    } catch (IOException e) {
      throw new ApiException(ApiException.Type.INTERNAL, "create snapshot: " + e.getMessage(), e);
    }
  }
}
