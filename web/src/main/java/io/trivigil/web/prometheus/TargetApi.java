package io.trivigil.web.prometheus;

import io.trivigil.model.Matcher;
import io.trivigil.scraper.state.FamilyMeta;
import io.trivigil.scraper.view.DroppedTarget;
import io.trivigil.scraper.view.ScrapeViews;
import io.trivigil.scraper.view.TargetMetadata;
import io.trivigil.scraper.view.TargetView;
import io.trivigil.web.backend.Backend;
import io.trivigil.web.backend.ExternalAlertmanagers;
import io.trivigil.web.http.ApiException;
import io.trivigil.web.http.Params;
import io.trivigil.web.http.Request;
import io.trivigil.web.http.Router;
import io.trivigil.web.http.Times;
import io.trivigil.web.json.JsonWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// `targets`, `scrape_pools`, `metadata`, `targets/metadata`, `alertmanagers`.
final class TargetApi {
  private final Backend backend;

  TargetApi(Backend backend) {
    this.backend = backend;
  }

  void addTo(Router router, Api api) {
    router.on("GET", "/api/v1/targets", api.wrap(this::targets));
    router.on("GET", "/api/v1/scrape_pools", api.wrap(_ -> pools()));
    router.on("GET", "/api/v1/metadata", api.wrap(this::metadata));
    router.on("GET", "/api/v1/targets/metadata", api.wrap(this::targetMetadata));
    router.on("GET", "/api/v1/alertmanagers", api.wrap(_ -> alertmanagers()));
  }

  private Api.Data targets(Request request) {
    Params params = request.params();
    String state = params.first("state").toLowerCase(Locale.ROOT);
    String pool = params.first("scrapePool");
    boolean any = state.isEmpty() || state.equals("any");
    boolean withDropped = any || state.equals("dropped");
    ScrapeViews views = backend.scrapes();
    List<TargetView> active =
        any || state.equals("active")
            ? views.active().stream()
                .filter(target -> pool.isEmpty() || target.job().equals(pool))
                .toList()
            : List.of();
    List<DroppedTarget> dropped =
        withDropped
            ? views.dropped().stream()
                .filter(target -> pool.isEmpty() || target.job().equals(pool))
                .toList()
            : List.of();
    Map<String, Integer> counts = new TreeMap<>(withDropped ? views.droppedCounts() : Map.of());
    return Api.Data.of(
        json -> {
          json.beginObject().name("activeTargets").beginArray();
          active.forEach(target -> target(json, target));
          json.endArray().name("droppedTargets").beginArray();
          for (DroppedTarget target : dropped) {
            json.beginObject()
                .field("discoveredLabels", target.discovered())
                .field("scrapePool", target.job())
                .endObject();
          }
          json.endArray().name("droppedTargetCounts").beginObject();
          counts.forEach(json::field);
          json.endObject().endObject();
        });
  }

  private static void target(JsonWriter json, TargetView target) {
    String lastScrape =
        target.lastScrapeMs() == 0 ? Times.ZERO : Times.goTime(target.lastScrapeMs());
    json.beginObject()
        .field("discoveredLabels", target.discovered())
        .field("labels", target.labels())
        .field("scrapePool", target.job())
        .field("scrapeUrl", target.scrapeUrl())
        .field("globalUrl", target.globalUrl())
        .field("lastError", target.lastError())
        .field("lastScrape", lastScrape)
        .field("lastScrapeDuration", target.lastScrapeSeconds())
        .field("health", target.health())
        .field("scrapeInterval", target.interval())
        .field("scrapeTimeout", target.timeout())
        .endObject();
  }

  private Api.Data pools() {
    List<String> jobs = backend.scrapes().pools();
    return Api.Data.of(json -> json.beginObject().field("scrapePools", jobs).endObject());
  }

  private Api.Data metadata(Request request) {
    Params params = request.params();
    Map<String, List<FamilyMeta>> found =
        backend
            .scrapes()
            .metadata(
                backend.describedFamilies(),
                params.first("metric"),
                limit(params, "limit"),
                limit(params, "limit_per_metric"));
    return Api.Data.of(
        json -> {
          json.beginObject();
          found.forEach(
              (name, metas) -> {
                json.name(name).beginArray();
                for (FamilyMeta meta : metas) {
                  json.beginObject();
                  fields(json, meta);
                  json.endObject();
                }
                json.endArray();
              });
          json.endObject();
        });
  }

  /// Negative for all, as Prometheus has it here: 0 is nothing at all.
  private static int limit(Params params, String name) {
    String text = params.first(name);
    try {
      return text.isEmpty() ? -1 : Math.max(-1, Integer.parseInt(text));
    } catch (NumberFormatException e) {
      throw new ApiException(ApiException.Type.BAD_DATA, name + " must be a number", e);
    }
  }

  private static void fields(JsonWriter json, FamilyMeta meta) {
    json.field("type", meta.type()).field("help", meta.help()).field("unit", meta.unit());
  }

  private Api.Data targetMetadata(Request request) {
    Params params = request.params();
    String wanted = params.first("metric");
    List<Matcher> matchers =
        !params.first("match_target").isEmpty()
            ? LabelApi.matchers("match_target", params.first("match_target"))
            : List.of();
    List<TargetMetadata> found =
        backend.scrapes().targetMetadata(matchers, wanted, limit(params, "limit"));
    return Api.Data.of(
        json -> {
          json.beginArray();
          for (TargetMetadata each : found) {
            json.beginObject().field("target", each.target());
            if (wanted.isEmpty()) {
              json.field("metric", each.metric());
            }
            fields(json, each.meta());
            json.endObject();
          }
          json.endArray();
        });
  }

  /// Alerts go to the built-in alertmanager, which has no URL of its own; others that the
  /// configuration names are not sent to.
  private Api.Data alertmanagers() {
    List<String> urls =
        backend
            .configuration()
            .map(config -> ExternalAlertmanagers.urls(config.prometheus()))
            .orElse(List.of());
    return Api.Data.of(
        json -> {
          json.beginObject()
              .name("activeAlertmanagers")
              .beginArray()
              .endArray()
              .name("droppedAlertmanagers")
              .beginArray();
          urls.forEach(url -> json.beginObject().field("url", url).endObject());
          json.endArray().endObject();
        });
  }
}
