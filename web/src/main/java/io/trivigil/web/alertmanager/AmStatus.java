package io.trivigil.web.alertmanager;

import io.trivigil.raft.LogStatus;
import io.trivigil.web.Version;
import io.trivigil.web.WebOptions;
import io.trivigil.web.http.Answer;
import io.trivigil.web.http.Router;
import io.trivigil.web.http.Times;

/// `status` and `receivers`.
final class AmStatus {
  private final AmApi api;
  private final WebOptions options;

  AmStatus(AmApi api, WebOptions options) {
    this.api = api;
    this.options = options;
  }

  void addTo(Router router) {
    router.on("GET", "/api/v2/status", AmApi.wrap(_ -> status()));
    router.on("GET", "/api/v2/receivers", AmApi.wrap(_ -> receivers()));
  }

  private Answer status() {
    LogStatus log = api.backend().log();
    String config = api.configIfAny().map(found -> found.redacted()).orElse("");
    return AmApi.json(
        json -> {
          json.beginObject().name("cluster").beginObject();
          json.field("name", options.clusterName())
              .field("status", log.leaderId().isEmpty() ? "settling" : "ready")
              .name("peers")
              .beginArray();
          for (LogStatus.Member member : log.members()) {
            json.beginObject()
                .field("address", member.address())
                .field("name", member.id())
                .endObject();
          }
          json.endArray().endObject();
          json.name("config").beginObject().field("original", config).endObject();
          json.field("uptime", Times.millisTime(options.startMs()));
          json.name("versionInfo")
              .beginObject()
              .field("branch", "trivigil")
              .field("buildDate", "")
              .field("buildUser", "")
              .field("goVersion", "java" + Runtime.version().feature())
              .field("revision", "trivigil-" + Version.TRIVIGIL)
              .field("version", Version.ALERTMANAGER)
              .endObject()
              .endObject();
        });
  }

  private Answer receivers() {
    return AmApi.json(
        json -> {
          json.beginArray();
          api.config()
              .receivers()
              .keySet()
              .forEach(name -> json.beginObject().field("name", name).endObject());
          json.endArray();
        });
  }
}
