package io.trivigil.web.alertmanager;

import io.trivigil.alertmanager.match.Matchers;
import io.trivigil.alertmanager.state.Command;
import io.trivigil.alertmanager.state.Silence;
import io.trivigil.alertmanager.state.StateView;
import io.trivigil.model.Matcher;
import io.trivigil.model.Names;
import io.trivigil.web.http.Answer;
import io.trivigil.web.http.ApiException;
import io.trivigil.web.http.Params;
import io.trivigil.web.http.Request;
import io.trivigil.web.http.Router;
import io.trivigil.web.http.Times;
import io.trivigil.web.json.JsonException;
import io.trivigil.web.json.JsonReader;
import io.trivigil.web.json.JsonValue;
import io.trivigil.web.json.JsonWriter;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/// `silences` and `silence/<id>`.
final class AmSilences {
  // java.util.regex: no repetition within another, so it takes linear time.
  private static final Pattern SILENCE_ID =
      Pattern.compile("(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  private final AmApi api;
  private final InstantSource clock;
  private final RandomGenerator random;

  /// @param random makes ids; thread-safe
  AmSilences(AmApi api, InstantSource clock, RandomGenerator random) {
    this.api = api;
    this.clock = clock;
    this.random = random;
  }

  void addTo(Router router) {
    router.on("GET", "/api/v2/silences", AmApi.wrap(this::list));
    router.on("POST", "/api/v2/silences", AmApi.wrap(this::set));
    router.on("GET", "/api/v2/silence/{id}", AmApi.wrap(this::one));
    router.on("DELETE", "/api/v2/silence/{id}", AmApi.wrap(this::expire));
  }

  private Answer list(Request request) {
    Params params = request.params();
    List<Matcher> filter = AmApi.filter(params, "filter");
    long nowMs = clock.millis();
    boolean active = AmApi.flag(params, "active", true);
    boolean pending = AmApi.flag(params, "pending", true);
    boolean expired = AmApi.flag(params, "expired", true);
    List<Silence> shown =
        api.backend().alerts().silences().values().stream()
            .filter(
                silence ->
                    switch (silence.stateAt(nowMs)) {
                      case ACTIVE -> active;
                      case PENDING -> pending;
                      case EXPIRED -> expired;
                    })
            .filter(silence -> passes(silence, filter))
            .sorted(order(nowMs))
            .toList();
    return AmApi.json(
        json -> {
          json.beginArray();
          shown.forEach(silence -> write(json, silence, nowMs));
          json.endArray();
        });
  }

  /// Active ones by end, pending ones by start, expired ones by end, the newest first.
  static Comparator<Silence> order(long nowMs) {
    return Comparator.comparingInt((Silence s) -> rank(s.stateAt(nowMs)))
        .thenComparingLong(
            s ->
                switch (s.stateAt(nowMs)) {
                  case ACTIVE -> s.endsMs();
                  case PENDING -> s.startsMs();
                  case EXPIRED -> -s.endsMs();
                })
        .thenComparing(Silence::id);
  }

  private static int rank(Silence.State state) {
    return switch (state) {
      case ACTIVE -> 0;
      case PENDING -> 1;
      case EXPIRED -> 2;
    };
  }

  // As upstream: a filter is tried against the matchers as if their values were labels.
  private static boolean passes(Silence silence, List<Matcher> filter) {
    for (Matcher wanted : filter) {
      boolean found = false;
      for (Silence.Condition condition : silence.matchers()) {
        found |= condition.name().equals(wanted.name()) && wanted.test(condition.value());
      }
      if (!found) {
        return false;
      }
    }
    return true;
  }

  private Answer one(Request request) {
    long nowMs = clock.millis();
    Silence silence = known(request.named("id"));
    return AmApi.json(json -> write(json, silence, nowMs));
  }

  private Silence known(String id) {
    if (!SILENCE_ID.matcher(id).matches()) {
      throw new ApiException(
          ApiException.Type.EXECUTION,
          "silenceID in path must be of type uuid: " + Names.quote(id));
    }
    Silence silence = api.backend().alerts().silences().get(id);
    if (silence == null) {
      throw new ApiException(ApiException.Type.NOT_FOUND, "silence not found");
    }
    return silence;
  }

  private Answer expire(Request request) throws InterruptedException {
    Silence silence = known(request.named("id"));
    long nowMs = clock.millis();
    if (silence.stateAt(nowMs) == Silence.State.EXPIRED) {
      throw new ApiException(
          ApiException.Type.INTERNAL, "silence %s already expired".formatted(silence.id()));
    }
    api.decide(new Command.SilenceExpire(silence.id(), silence.version(), nowMs));
    return Answer.text(200, Answer.JSON, "");
  }

  private Answer set(Request request) throws InterruptedException {
    JsonValue.Fields body = JsonReader.read(request.body()).object("silence");
    long nowMs = clock.millis();
    Silence wanted = read(body, nowMs);
    StateView state = api.backend().alerts();
    String id = body.text("id", "");
    Optional<Silence> old = Optional.ofNullable(state.silences().get(id));
    if (!id.isEmpty() && old.isEmpty()) {
      throw new ApiException(ApiException.Type.NOT_FOUND, "silence not found");
    }
    String kept =
        old.isPresent() && keepsId(old.get(), wanted, nowMs)
            ? replace(old.get(), wanted)
            : create(old, wanted, nowMs);
    return AmApi.json(json -> json.beginObject().field("silenceID", kept).endObject());
  }

  private static boolean keepsId(Silence old, Silence wanted, long nowMs) {
    if (!List.copyOf(old.matchers()).equals(wanted.matchers())) {
      return false;
    }
    return switch (old.stateAt(nowMs)) {
      case ACTIVE -> old.startsMs() / 1000 == wanted.startsMs() / 1000 && wanted.endsMs() >= nowMs;
      case PENDING -> wanted.startsMs() >= nowMs;
      case EXPIRED -> false;
    };
  }

  private String replace(Silence old, Silence wanted) throws InterruptedException {
    long startsMs =
        old.startsMs() / 1000 == wanted.startsMs() / 1000 ? old.startsMs() : wanted.startsMs();
    Silence next =
        new Silence(
            old.id(),
            wanted.matchers(),
            startsMs,
            wanted.endsMs(),
            wanted.updatedMs(),
            wanted.createdBy(),
            wanted.comment(),
            0);
    api.decide(new Command.SilenceSet(next, old.version(), Optional.empty()));
    return old.id();
  }

  private String create(Optional<Silence> old, Silence wanted, long nowMs)
      throws InterruptedException {
    if (wanted.endsMs() <= nowMs) {
      throw ApiException.badData("end time can't be in the past");
    }
    Silence fresh =
        new Silence(
            newId(),
            wanted.matchers(),
            Math.max(wanted.startsMs(), nowMs),
            wanted.endsMs(),
            nowMs,
            wanted.createdBy(),
            wanted.comment(),
            0);
    Optional<Command.SilenceExpire> replaces =
        old.filter(s -> s.stateAt(nowMs) != Silence.State.EXPIRED)
            .map(s -> new Command.SilenceExpire(s.id(), s.version(), nowMs));
    api.decide(new Command.SilenceSet(fresh, 0, replaces));
    return fresh.id();
  }

  private String newId() {
    long high = (random.nextLong() & ~0xf000L) | 0x4000L;
    long low = (random.nextLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
    return new UUID(high, low).toString();
  }

  private static Silence read(JsonValue.Fields body, long nowMs) {
    List<Silence.Condition> matchers = new ArrayList<>();
    boolean meansSomething = false;
    for (JsonValue item : body.items("matchers")) {
      Matcher matcher = matcher(item.object("matcher"));
      meansSomething |= !matcher.acceptsEmpty();
      matchers.add(new Silence.Condition(matcher.name(), matcher.op(), matcher.value()));
    }
    if (matchers.isEmpty()) {
      throw new JsonException("at least one matcher required");
    }
    if (!meansSomething) {
      throw new JsonException("at least one matcher must not match the empty string");
    }
    long startsMs = time(body, "startsAt");
    long endsMs = time(body, "endsAt");
    if (endsMs < startsMs) {
      throw new JsonException("Failed to create silence: start time must be before end time");
    }
    String comment = body.text("comment", "");
    String createdBy = body.text("createdBy", "");
    return new Silence("", matchers, startsMs, endsMs, nowMs, createdBy, comment, 0);
  }

  private static Matcher matcher(JsonValue.Fields fields) {
    boolean regex = fields.bool("isRegex", false);
    boolean equal = fields.bool("isEqual", true);
    Matcher.Op op =
        regex
            ? (equal ? Matcher.Op.MATCHES : Matcher.Op.NOT_MATCHES)
            : (equal ? Matcher.Op.EQUALS : Matcher.Op.NOT_EQUALS);
    String name = fields.text("name", "");
    if (name.isEmpty()) {
      throw new JsonException("invalid label name \"\"");
    }
    try {
      return Matchers.of(name, op, fields.text("value", ""));
    } catch (IllegalArgumentException e) {
      throw new JsonException("invalid regular expression: " + e.getMessage(), e);
    }
  }

  private static long time(JsonValue.Fields body, String name) {
    String text = body.text(name, "");
    if (text.isEmpty()) {
      throw new JsonException("%s in body is required".formatted(name));
    }
    return AmTimes.read(name, text);
  }

  private static void write(JsonWriter json, Silence silence, long nowMs) {
    json.beginObject();
    json.field("id", silence.id()).name("status").beginObject();
    json.field("state", silence.stateAt(nowMs).name().toLowerCase(Locale.ROOT)).endObject();
    json.field("updatedAt", Times.millisTime(silence.updatedMs()))
        .field("comment", silence.comment())
        .field("createdBy", silence.createdBy())
        .field("endsAt", Times.millisTime(silence.endsMs()))
        .name("matchers")
        .beginArray();
    for (Silence.Condition matcher : silence.matchers()) {
      boolean equal = matcher.op() == Matcher.Op.EQUALS || matcher.op() == Matcher.Op.MATCHES;
      json.beginObject()
          .field("isEqual", equal)
          .field("isRegex", matcher.op().isRegex())
          .field("name", matcher.name())
          .field("value", matcher.value())
          .endObject();
    }
    json.endArray().field("startsAt", Times.millisTime(silence.startsMs())).endObject();
  }
}
