package io.trivigil.web.prometheus;

import io.trivigil.web.WebOptions;
import io.trivigil.web.backend.Backend;
import io.trivigil.web.backend.Backend.Decided;
import io.trivigil.web.host.HostCollector;
import io.trivigil.web.http.Answer;
import io.trivigil.web.http.ApiException;
import io.trivigil.web.http.Author;
import io.trivigil.web.http.Params;
import io.trivigil.web.http.Request;
import io.trivigil.web.http.Router;
import io.trivigil.web.http.Times;
import java.util.concurrent.ExecutionException;

/// Administration and what watches a server: `/-/…`, `/metrics`, `/version`, `admin/…`.
final class AdminApi {
  private static final String EXPOSITION = "text/plain; version=0.0.4; charset=utf-8";

  private final Backend backend;
  private final WebOptions options;
  private final HostCollector host;
  private final Runnable quit;

  /// @param quit begins to stop this process, and returns at once
  AdminApi(Backend backend, WebOptions options, HostCollector host, Runnable quit) {
    this.backend = backend;
    this.options = options;
    this.host = host;
    this.quit = quit;
  }

  void addTo(Router router, Api api) {
    router.on("GET", "/-/healthy", _ -> Answer.text(200, "Prometheus Server is Healthy.\n"));
    router.on("POST,PUT", "/-/reload", this::reload);
    router.on("POST,PUT", "/-/quit", _ -> quit());
    router.on("GET", "/version", _ -> Answer.json(200, StatusApi::build));
    router.on("GET", "/metrics", _ -> Answer.text(200, EXPOSITION, backend.metrics().expose()));
    router.on("GET", "/host/metrics", _ -> Answer.text(200, EXPOSITION, host.expose()));
    router.on("POST,PUT", "/api/v1/admin/tsdb/compact", api.wrap(_ -> compact()));
    router.on("POST,PUT", "/api/v1/admin/tsdb/delete_series", this::deleteSeries);
    router.on("POST,PUT", "/api/v1/admin/tsdb/clean_tombstones", _ -> cleanTombstones());
    new BackupApi(backend, options).addTo(router, api);
    router.on("POST", "/api/v1/admin/cluster/transfer", api.wrap(this::transfer));
  }

  private Answer reload(Request request) throws InterruptedException {
    if (!options.lifecycle()) {
      return Answer.text(403, "Lifecycle API is not enabled.\n");
    }
    try {
      return switch (backend.reload(Author.of(request, backend.log().self())).get()) {
        case Decided.Accepted _ -> Answer.text(200, Answer.TEXT, "");
        case Decided.Refused(String reason) ->
            Answer.text(500, "failed to reload config: %s\n".formatted(reason));
        case Decided.Unavailable(String reason) ->
            Answer.text(503, reason + "\n").with("Retry-After", "1");
      };
    } catch (ExecutionException e) {
      throw new IllegalStateException("a reload's future failed", e);
    }
  }

  private Answer quit() {
    if (!options.lifecycle()) {
      return Answer.text(403, "Lifecycle API is not enabled.\n");
    }
    quit.run();
    return Answer.text(200, "Requesting termination... Goodbye!");
  }

  /// Samples that are there now can not be queried any more; those that come later can, whatever
  /// their time. Their space comes back with merges, with retention, or when [#cleanTombstones]
  /// asks for it.
  private Answer deleteSeries(Request request) throws InterruptedException {
    if (!options.adminApi()) {
      return Api.error(ApiException.Type.UNAVAILABLE, "admin APIs disabled");
    }
    try {
      Params params = request.params();
      if (!params.has("match[]")) {
        throw ApiException.badData("no match[] parameter provided");
      }
      long fromMs = Times.param(params, "start", Times.MIN_MS);
      long toMs = Times.param(params, "end", Times.MAX_MS);
      return answer(backend.deleteSeries(LabelApi.selectors(params), fromMs, toMs));
    } catch (ApiException e) {
      return Api.error(e.type(), e.text());
    }
  }

  private Answer cleanTombstones() throws InterruptedException {
    return options.adminApi()
        ? answer(backend.cleanTombstones())
        : Api.error(ApiException.Type.UNAVAILABLE, "admin APIs disabled");
  }

  private static Answer answer(Decided decided) {
    return switch (decided) {
      case Decided.Accepted _ -> Answer.empty(204);
      case Decided.Refused(String reason) -> Api.error(ApiException.Type.EXECUTION, reason);
      case Decided.Unavailable(String reason) -> Api.error(ApiException.Type.UNAVAILABLE, reason);
    };
  }

  private Api.Data compact() throws InterruptedException {
    backend.compact();
    return Api.Data.of(json -> json.beginObject().endObject());
  }

  private Api.Data transfer(Request request) throws InterruptedException {
    if (!options.adminApi() && !options.lifecycle()) {
      throw new ApiException(
          ApiException.Type.UNAVAILABLE,
          "leadership is handed over only with --web.enable-admin-api or --web.enable-lifecycle");
    }
    try {
      boolean done = backend.transfer(request.params().first("to")).get();
      return Api.Data.of(json -> json.beginObject().field("transferred", done).endObject());
    } catch (ExecutionException e) {
      throw new ApiException(
          ApiException.Type.UNAVAILABLE, "leadership was not handed over: " + e.getMessage(), e);
    }
  }
}
