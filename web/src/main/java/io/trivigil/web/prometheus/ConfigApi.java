package io.trivigil.web.prometheus;

import io.trivigil.config.version.ConfigDifference;
import io.trivigil.config.version.ConfigMachine;
import io.trivigil.config.version.ConfigVersion;
import io.trivigil.config.version.MemberReport;
import io.trivigil.web.WebOptions;
import io.trivigil.web.backend.Backend;
import io.trivigil.web.backend.Backend.Decided;
import io.trivigil.web.backend.ConfigHistory;
import io.trivigil.web.http.ApiException;
import io.trivigil.web.http.Author;
import io.trivigil.web.http.Request;
import io.trivigil.web.http.Router;
import io.trivigil.web.http.Times;
import io.trivigil.web.json.JsonWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;

/// `status/config/…`: versions, their files and differences, drift; `admin/config/rollback`;
/// `cluster/events`. Secrets are replaced everywhere.
final class ConfigApi {
  private final Backend backend;
  private final WebOptions options;

  ConfigApi(Backend backend, WebOptions options) {
    this.backend = backend;
    this.options = options;
  }

  void addTo(Router router, Api api) {
    router.on("GET", "/api/v1/status/config/versions", api.wrap(_ -> versions()));
    router.on("GET", "/api/v1/status/config/versions/{version}", api.wrap(this::files));
    router.on("GET", "/api/v1/status/config/diff", api.wrap(this::difference));
    router.on("GET", "/api/v1/status/config/drift", api.wrap(_ -> drift()));
    router.on("POST", "/api/v1/admin/config/rollback", api.wrap(this::rollBack));
    router.on("GET", "/api/v1/cluster/events", api.wrap(_ -> events()));
  }

  private Api.Data versions() {
    ConfigMachine.View view = backend.configs().view();
    return Api.Data.of(
        json -> {
          json.beginObject().field("current", view.number());
          json.field("limit", ConfigMachine.KEPT_VERSIONS);
          json.field("limitBytes", ConfigMachine.KEPT_BYTES);
          json.field("bytes", view.sealedBytes()).name("versions").beginArray();
          view.versions().reversed().forEach(version -> write(json, version));
          json.endArray().endObject();
        });
  }

  private static void write(JsonWriter json, ConfigVersion version) {
    json.beginObject()
        .field("number", version.number())
        .field("author", version.author())
        .field("time", Times.goTime(version.proposedMs()))
        .field("hash", version.hash())
        .field("bytes", version.sealed().length)
        .field("rolledBackTo", version.rolledBackTo())
        .field("keyId", version.keyId())
        .endObject();
  }

  private <T> T asked(Function<ConfigHistory, T> question) {
    try {
      return question.apply(backend.configs());
    } catch (IllegalArgumentException e) {
      throw new ApiException(ApiException.Type.NOT_FOUND, String.valueOf(e.getMessage()), e);
    }
  }

  private Api.Data files(Request request) {
    String version = request.named("version");
    Map<String, String> files = asked(history -> history.files(version));
    return Api.Data.of(
        json -> {
          json.beginObject().field("version", version).name("files").beginObject();
          files.forEach(json::field);
          json.endObject().endObject();
        });
  }

  private Api.Data difference(Request request) {
    String from = request.params().first("from");
    String to = request.params().first("to");
    ConfigDifference difference = asked(history -> history.difference(from, to));
    return Api.Data.of(
        json -> {
          json.beginObject().field("from", from).field("to", to).name("files").beginArray();
          for (ConfigDifference.File file : difference.files()) {
            json.beginObject()
                .field("name", file.name())
                .field("secretsDiffer", file.secretsDiffer())
                .field("diff", String.join("\n", file.unified()))
                .endObject();
          }
          json.endArray().field("variables", difference.variables()).endObject();
        });
  }

  private Api.Data drift() {
    Map<String, MemberReport> reports = backend.configs().status().reports();
    List<String> drifting = backend.configs().status().drifting();
    return Api.Data.of(
        json -> {
          json.beginObject().name("nodes").beginArray();
          reports.forEach(
              (id, report) ->
                  json.beginObject()
                      .field("id", id)
                      .field("drift", drifting.contains(id))
                      .field("hash", report.hash())
                      .field("files", report.driftFiles())
                      .field("problem", report.problem())
                      .endObject());
          json.endArray().endObject();
        });
  }

  private Api.Data events() {
    ConfigMachine.View view = backend.configs().view();
    return Api.Data.of(
        json -> {
          json.beginObject().field("limit", ConfigMachine.KEPT_EVENTS).name("events").beginArray();
          view.events()
              .reversed()
              .forEach(
                  event ->
                      json.beginObject()
                          .field("time", Times.goTime(event.atMs()))
                          .field("node", event.nodeId())
                          .field("kind", event.kind().name().toLowerCase(Locale.ROOT))
                          .field("detail", event.detail())
                          .endObject());
          json.endArray().endObject();
        });
  }

  private Api.Data rollBack(Request request) throws InterruptedException {
    if (!options.adminApi()) {
      throw new ApiException(
          ApiException.Type.UNAVAILABLE,
          "admin APIs disabled: the configuration is rolled back only with"
              + " --web.enable-admin-api");
    }
    long number;
    try {
      number = Long.parseLong(request.params().first("to"));
    } catch (NumberFormatException _) {
      throw ApiException.badParam("to", "the number of a configuration version is wanted");
    }
    String author = Author.of(request, backend.log().self());
    try {
      return switch (backend.configs().rollBack(number, author).get()) {
        case Decided.Accepted(String detail) ->
            Api.Data.of(json -> json.beginObject().field("result", detail).endObject());
        case Decided.Refused(String reason) -> throw ApiException.badData(reason);
        case Decided.Unavailable(String reason) ->
            throw new ApiException(ApiException.Type.UNAVAILABLE, reason);
      };
    } catch (ExecutionException e) {
      throw new IllegalStateException("a roll-back's future failed", e);
    }
  }
}
