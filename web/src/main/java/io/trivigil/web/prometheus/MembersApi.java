package io.trivigil.web.prometheus;

import io.trivigil.raft.LogStatus;
import io.trivigil.web.WebOptions;
import io.trivigil.web.backend.Backend;
import io.trivigil.web.http.ApiException;
import io.trivigil.web.http.Request;
import io.trivigil.web.http.Router;
import io.trivigil.web.json.JsonWriter;
import java.util.concurrent.ExecutionException;

/// Who is a member of the cluster, and taking one out: `/api/v1/cluster/members`.
final class MembersApi {
  private final Backend backend;
  private final WebOptions options;

  MembersApi(Backend backend, WebOptions options) {
    this.backend = backend;
    this.options = options;
  }

  void addTo(Router router, Api api) {
    router.on("GET", "/api/v1/cluster/members", api.wrap(_ -> members()));
    router.on("POST", "/api/v1/cluster/members/remove", api.wrap(this::remove));
  }

  private Api.Data members() {
    LogStatus log = backend.log();
    return Api.Data.of(
        json -> {
          json.beginObject().field("leader", log.leaderId()).name("members").beginArray();
          log.members().forEach(member -> member(json, log, member));
          json.endArray().endObject();
        });
  }

  private static void member(JsonWriter json, LogStatus log, LogStatus.Member member) {
    String role =
        member.id().equals(log.leaderId()) ? "leader" : member.voting() ? "follower" : "listener";
    json.beginObject()
        .field("id", member.id())
        .field("address", member.address())
        .field("role", role)
        .field("voting", member.voting())
        .field("appliedIndex", member.appliedIndex())
        .field("lastSeenMs", member.lastSeenMs())
        .field("lagMs", member.lagMs())
        .endObject();
  }

  private Api.Data remove(Request request) throws InterruptedException {
    if (!options.adminApi() && !options.lifecycle()) {
      throw new ApiException(
          ApiException.Type.UNAVAILABLE,
          "members are removed only with --web.enable-admin-api or --web.enable-lifecycle");
    }
    String node = request.params().first("node");
    if (node.isEmpty()) {
      throw new ApiException(ApiException.Type.BAD_DATA, "invalid parameter \"node\": empty");
    }
    try {
      String reason = backend.removeMember(node).get();
      if (!reason.isEmpty()) {
        throw new ApiException(ApiException.Type.UNAVAILABLE, reason);
      }
      return Api.Data.of(json -> json.beginObject().field("removed", node).endObject());
    } catch (ExecutionException e) {
      throw new ApiException(
          ApiException.Type.UNAVAILABLE, "node was not removed: " + e.getMessage(), e);
    }
  }
}
