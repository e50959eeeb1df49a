package io.trivigil.web.prometheus;

import io.trivigil.web.WebOptions;
import io.trivigil.web.backend.Backend;
import io.trivigil.web.host.HostCollector;
import io.trivigil.web.http.Router;
import io.trivigil.web.remote.RemoteLimits;
import java.time.InstantSource;

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
    new QueryApi(backend, runner, clock).addTo(router, api);
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
}
