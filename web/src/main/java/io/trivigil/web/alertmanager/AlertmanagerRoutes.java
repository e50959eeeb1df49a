package io.trivigil.web.alertmanager;

import io.trivigil.web.WebOptions;
import io.trivigil.web.backend.Backend;
import io.trivigil.web.http.Router;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/// Everything that Alertmanager serves below `/api/v2`, over one node.
public final class AlertmanagerRoutes {
  private AlertmanagerRoutes() {}

  /// Adds all routes.
  ///
  /// @param random makes ids of silences; thread-safe, seeded differently on each node
  public static void addTo(
      Router router,
      Backend backend,
      WebOptions options,
      InstantSource clock,
      RandomGenerator random) {
    AmApi api = new AmApi(backend);
    new AmStatus(api, options).addTo(router);
    new AmSilences(api, clock, random).addTo(router);
    new AmAlerts(api, clock).addTo(router);
  }
}
