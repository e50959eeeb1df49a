package io.trivigil.web.page;

import io.trivigil.dashboards.Asset;
import io.trivigil.dashboards.Assets;
import io.trivigil.dashboards.Language;
import io.trivigil.dashboards.Pages;
import io.trivigil.dashboards.Theme;
import io.trivigil.dashboards.page.ErrorPage;
import io.trivigil.dashboards.page.Frame;
import io.trivigil.dashboards.page.ListFilter;
import io.trivigil.dashboards.page.Page;
import io.trivigil.dashboards.page.Place;
import io.trivigil.dashboards.page.QueryPage;
import io.trivigil.dashboards.page.SilenceFormPage;
import io.trivigil.web.Version;
import io.trivigil.web.WebOptions;
import io.trivigil.web.backend.Backend;
import io.trivigil.web.host.IngestRate;
import io.trivigil.web.http.Answer;
import io.trivigil.web.http.Params;
import io.trivigil.web.http.Request;
import io.trivigil.web.http.Router;
import io.trivigil.web.prometheus.ClusterSight;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The routes of the pages and of what they refer to.
public final class PageRoutes {
  private static final long COOKIE_SECONDS = Duration.ofDays(365).toSeconds();

  private final WebOptions options;
  private final InstantSource clock;
  private final PageModels models;
  private final Assets assets;
  private final Pages pages;

  private PageRoutes(
      Backend backend,
      WebOptions options,
      ClusterSight sight,
      IngestRate ingest,
      InstantSource clock) {
    this.options = options;
    this.clock = clock;
    this.models = new PageModels(backend, options, sight, ingest, clock);
    this.assets = Assets.load();
    this.pages = new Pages(assets);
  }

  /// Makes one page's model.
  @FunctionalInterface
  private interface Model {
    Page page(Request request) throws InterruptedException;
  }

  /// Adds all routes.
  public static void addTo(
      Router router,
      Backend backend,
      WebOptions options,
      ClusterSight sight,
      IngestRate ingest,
      InstantSource clock) {
    PageRoutes routes = new PageRoutes(backend, options, sight, ingest, clock);
    PageModels models = routes.models;
    routes.page(router, Place.OVERVIEW, _ -> models.overview());
    routes.page(router, Place.QUERY, _ -> new QueryPage());
    routes.page(router, Place.ALERTS, request -> models.alerts(filter(request)));
    routes.page(router, Place.SILENCES, request -> models.silences(filter(request)));
    routes.page(router, Place.SILENCE_FORM, _ -> new SilenceFormPage());
    routes.page(router, Place.TARGETS, request -> models.targets(filter(request)));
    routes.page(router, Place.RULES, request -> models.rules(filter(request)));
    routes.page(router, Place.VIGIL, _ -> models.vigil());
    routes.page(router, Place.STATUS, _ -> models.status());
    ClusterModel cluster = new ClusterModel(backend, options, sight);
    routes.page(router, Place.CLUSTER, request -> cluster.page(request.params(), ""));
    router.on("POST", "/cluster/rollback", request -> routes.rolledBack(cluster, request));
    for (String old : Place.movedPaths()) {
      String to = "/" + Place.moved(old).orElse(Place.OVERVIEW).path();
      router.on("GET", "/" + old, request -> routes.moved(request, to));
    }
    router.on("GET", "/" + Assets.PATH + "{name...}", routes::asset);
    router.on("GET", "/api/{path...}", _ -> Answer.text(404, "404 page not found\n"));
    router.on("GET", "/{path...}", request -> routes.html(404, new ErrorPage(404, ""), request));
  }

  private Answer rolledBack(ClusterModel cluster, Request request) throws InterruptedException {
    String problem = cluster.rollBack(request);
    return problem.isEmpty()
        ? Answer.empty(303).with("Location", options.routePrefix() + "/" + Place.CLUSTER.path())
        : html(409, cluster.page(Params.NONE, problem), request);
  }

  private static ListFilter filter(Request request) {
    Params params = request.params();
    return ListFilter.of(
        Map.of("view", params.all("view"), "state", params.all("state"), "q", params.all("q")));
  }

  private void page(Router router, Place place, Model model) {
    router.on("GET", "/" + place.path(), request -> html(200, model.page(request), request));
  }

  private Answer html(int status, Page page, Request request) throws InterruptedException {
    Optional<String> wanted = Optional.of(request.params().first("lang")).filter(l -> !l.isEmpty());
    Language language =
        Language.choose(
            wanted, cookie(request, Language.COOKIE), request.header("accept-language"));
    Frame frame =
        new Frame(
            language,
            Theme.choose(cookie(request, Theme.COOKIE)),
            clock.millis(),
            options.pageTitle(),
            Version.TRIVIGIL,
            models.cluster(),
            models.firingCount(),
            models.notices());
    Answer answer =
        Answer.bytes(status, Pages.CONTENT_TYPE, pages.renderBytes(page, frame))
            .with("Content-Security-Policy", Pages.CONTENT_SECURITY_POLICY)
            .with("Cache-Control", "no-store")
            .with("X-Content-Type-Options", "nosniff");
    return wanted.isEmpty()
        ? answer
        : answer.with(
            "Set-Cookie",
            "%s=%s; Path=%s/; Max-Age=%d; SameSite=Lax"
                .formatted(Language.COOKIE, language.tag(), options.routePrefix(), COOKIE_SECONDS));
  }

  private static Optional<String> cookie(Request request, String name) {
    for (String part : request.header("cookie").orElse("").split(";")) {
      String[] pair = part.strip().split("=", 2);
      if (pair.length == 2 && pair[0].equals(name)) {
        return Optional.of(pair[1]);
      }
    }
    return Optional.empty();
  }

  private Answer moved(Request request, String to) {
    String query = request.query();
    return Answer.redirect(options.routePrefix() + to + (query.isEmpty() ? "" : "?" + query));
  }

  private Answer asset(Request request) {
    Optional<Asset> found = assets.find(request.named("name"));
    if (found.isEmpty()) {
      return Answer.text(404, "404 page not found\n");
    }
    Asset asset = found.get();
    boolean zip =
        asset.gzip().isPresent()
            && List.of(request.header("accept-encoding").orElse("").split("[,; ]+"))
                .contains("gzip");
    Answer answer =
        Answer.bytes(200, asset.contentType(), zip ? asset.gzip().orElseThrow() : asset.bytes())
            .with("Cache-Control", asset.cacheControl())
            .with("Vary", "Accept-Encoding");
    return zip ? answer.with("Content-Encoding", "gzip") : answer;
  }
}
