package io.trivigil.dashboards;

import com.github.jknack.handlebars.EscapingStrategy;
import com.github.jknack.handlebars.Handlebars;
import com.github.jknack.handlebars.Options;
import io.trivigil.dashboards.page.Notice;
import io.trivigil.dashboards.page.Place;
import io.trivigil.model.Labels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/// What templates can call, beside what Handlebars brings.
///
/// A helper's name hides a component of the same name, so records avoid these: `t`, `tx`, `ago`,
/// `at`, `span`, `whole`, `short`, `bytes`, `eq`, `link`, `graph`, `silence`, `icon`, `asset`.
final class Helpers {
  private Helpers() {}

  /// What a page carries along while it is rendered.
  record Scene(Texts texts, Place place, Assets assets, long nowMs) {}

  static final String SCENE = "scene";

  static void register(Handlebars handlebars) {
    registerWords(handlebars);
    registerNumbers(handlebars);
    registerLinks(handlebars);
    handlebars.registerHelper(
        "eq", (Object left, Options o) -> Objects.equals(str(left), str(o.param(0))));
    handlebars.registerHelper(
        "or", (Object left, Options o) -> truth(left, o) || truth(o.param(0), o));
    handlebars.registerHelper(
        "and", (Object left, Options o) -> truth(left, o) && truth(o.param(0), o));
    handlebars.registerHelperMissing(
        (Object context, Options o) -> {
          throw new IllegalStateException(
              "template reads what is not there: name=%s in=%s"
                  .formatted(o.helperName, o.fn.filename()));
        });
  }

  private static boolean truth(Object value, Options options) {
    return !options.isFalsy(value);
  }

  /// `{{t "key" argument…}}` and `{{tx "prefix." word}}`: words of the reader's language.
  private static void registerWords(Handlebars handlebars) {
    handlebars.registerHelper(
        "t", (String key, Options o) -> text(o, key, Arrays.asList(o.params)));
    handlebars.registerHelper(
        "tx",
        (String prefix, Options o) ->
            text(o, prefix + str(o.param(0)), Arrays.asList(o.params).subList(1, o.params.length)));
    // A name that has a text is shown in the reader's language, any other as it is.
    handlebars.registerHelper(
        "tor",
        (String prefix, Options o) -> {
          String word = str(o.param(0));
          return scene(o).texts().has(prefix + word) ? text(o, prefix + word, List.of()) : word;
        });
    handlebars.registerHelper(
        "notice",
        (Object notice, Options o) -> {
          Notice said = (Notice) notice;
          return text(o, "notice." + said.key(), said.arguments());
        });
  }

  private static String text(Options options, String key, List<?> arguments) {
    return scene(options).texts().get(key, arguments);
  }

  private static void registerNumbers(Handlebars handlebars) {
    handlebars.registerHelper("ago", (Number ms, Options o) -> stamp(o, ms.longValue(), true));
    handlebars.registerHelper("at", (Number ms, Options o) -> stamp(o, ms.longValue(), false));
    handlebars.registerHelper(
        "span",
        (Object length, Options o) ->
            Format.duration(
                length instanceof Duration d
                    ? d
                    : Duration.ofMillis(((Number) length).longValue())));
    handlebars.registerHelper("whole", (Number n, Options o) -> Format.whole(n.longValue()));
    handlebars.registerHelper("short", (Number n, Options o) -> Format.short3(n.doubleValue()));
    handlebars.registerHelper("bytes", (Number n, Options o) -> Format.bytes(n.doubleValue()));
  }

  /// A `<time>` that the browser keeps current and shows in its reader's own zone.
  private static Handlebars.SafeString stamp(Options options, long ms, boolean relative) {
    Scene scene = scene(options);
    String shown = relative ? relative(scene, ms) : Format.time(ms);
    return new Handlebars.SafeString(
        "<time datetime=\"%s\" data-ms=\"%d\" data-form=\"%s\" title=\"%s\">%s</time>"
            .formatted(
                Format.iso(ms), ms, relative ? "ago" : "at", Format.time(ms), escaped(shown)));
  }

  private static String relative(Scene scene, long ms) {
    long sinceMs = scene.nowMs() - ms;
    String length = Format.duration(Duration.ofSeconds(Math.abs(sinceMs) / 1_000));
    return scene.texts().get(sinceMs >= 0 ? "js.ago" : "js.ahead", List.of(length));
  }

  private static void registerLinks(Handlebars handlebars) {
    handlebars.registerHelper("link", (String path, Options o) -> scene(o).place().root() + path);
    handlebars.registerHelper(
        "graph",
        (String query, Options o) ->
            scene(o).place().root()
                + "query?g0.expr="
                + Format.url(query)
                + "&g0.tab="
                + (Boolean.TRUE.equals(o.hash("table")) ? 1 : 0));
    handlebars.registerHelper(
        "silence",
        (Labels labels, Options o) ->
            scene(o).place().root() + "silences/new?filter=" + Format.url(labels.toString()));
    handlebars.registerHelper(
        "asset", (String name, Options o) -> scene(o).assets().url(name, scene(o).place().root()));
    handlebars.registerHelper(
        "icon",
        (String name, Options o) -> {
          String file = scene(o).assets().url("icons.svg", scene(o).place().root());
          return new Handlebars.SafeString(
              "<svg class=\"icon\" aria-hidden=\"true\"><use href=\"%s#%s\"/></svg>"
                  .formatted(escaped(file), escaped(name)));
        });
    handlebars.registerHelper(
        "join", (Iterable<?> all, Options o) -> String.join(", ", strings(all)));
  }

  private static List<String> strings(Iterable<?> all) {
    List<String> texts = new ArrayList<>();
    all.forEach(one -> texts.add(str(one)));
    return texts;
  }

  private static Scene scene(Options options) {
    Scene scene = options.data(SCENE);
    if (scene == null) {
      throw new IllegalStateException("page is rendered without its scene");
    }
    return scene;
  }

  private static CharSequence escaped(String text) {
    return EscapingStrategy.HTML_ENTITY.escape(text);
  }

  private static String str(Object value) {
    return String.valueOf(value);
  }
}
