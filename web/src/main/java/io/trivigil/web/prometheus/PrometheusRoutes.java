package io.trivigil.web.prometheus;

import io.trivigil.web.WebOptions;
import io.trivigil.web.backend.Backend;
import io.trivigil.web.host.HostCollector;
import io.trivigil.web.http.Router;
import io.trivigil.web.remote.RemoteLimits;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;

/// Everything that Prometheus serves, over one node.
public final class PrometheusRoutes {
  private PrometheusRoutes() {}

  /// Adds all routes.
  ///
  /// @param quit begins to stop this process, and returns at once
  public static void addTo(
      Router router,
      Backend backend,
      WebOptions options,
      QueryRunner runner,
      ClusterSight sight,
      HostCollector host,
      InstantSource clock,
      Runnable quit) {
    Api api = new Api(backend);
    QueryLog log = new QueryLog(() -> queryLogFile(backend, options), backend.metrics(), clock);
    new QueryApi(backend, runner, log, clock).addTo(router, api);
    new LabelApi(runner).addTo(router, api);
    new TargetApi(backend).addTo(router, api);
    new RuleApi(backend).addTo(router, api);
    new StatusApi(backend, options, sight, clock).addTo(router, api);
    new ConfigApi(backend, options).addTo(router, api);
    new WriteApi(backend, options, RemoteLimits.DEFAULT).addTo(router);
    new MembersApi(backend, options).addTo(router, api);
    new AdminApi(backend, options, host, quit).addTo(router, api);
    new Federation(backend, runner, clock).addTo(router);
  }

  /// Where queries are logged: as the configuration says, a relative path beside its file; else as
  /// the flag says.
  private static Optional<Path> queryLogFile(Backend backend, WebOptions options) {
    String configured =
        backend.prometheus().map(config -> config.global().queryLogFile()).orElse("");
    if (configured.isEmpty()) {
      return Optional.of(options.flags().getOrDefault("query.log-file", ""))
          .filter(file -> !file.isEmpty())
          .map(Path::of);
    }
    Path config = Path.of(options.flags().getOrDefault("config.file", "")).toAbsolutePath();
    return Optional.of(config.resolveSibling(configured));
  }
}
