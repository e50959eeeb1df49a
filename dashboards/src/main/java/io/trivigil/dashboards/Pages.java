package io.trivigil.dashboards;

import com.github.jknack.handlebars.Context;
import com.github.jknack.handlebars.EscapingStrategy;
import com.github.jknack.handlebars.Handlebars;
import com.github.jknack.handlebars.Template;
import com.github.jknack.handlebars.cache.ConcurrentMapTemplateCache;
import com.github.jknack.handlebars.context.MapValueResolver;
import io.trivigil.dashboards.page.Frame;
import io.trivigil.dashboards.page.Notice;
import io.trivigil.dashboards.page.Page;
import io.trivigil.dashboards.page.Place;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Renders pages to HTML. Texts are read in the constructor, templates compiled once.
///
/// Safe for use by many threads. Every value goes through HTML escaping; the only raw output is
/// what [Helpers] builds and escapes itself.
public final class Pages {
  /// What to send as `Content-Security-Policy`: nothing inline, nothing from elsewhere.
  public static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
          + "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
          + "frame-ancestors 'self'";

  /// What to send as `Content-Type`.
  public static final String CONTENT_TYPE = "text/html; charset=utf-8";

  /// What templates read: the page and what is around it.
  public record Shell(Frame frame, Page page, Place place, List<Place> navigation, String main) {

    /// Returns the notices for this page: those that only inform are kept to the overview and the
    /// status, so that they do not wear off.
    public List<Notice> shownNotices() {
      boolean calm = place == Place.OVERVIEW || place == Place.STATUS;
      return frame.notices().stream().filter(n -> calm || !n.info()).toList();
    }
  }

  private static final String LAYOUT = "layout";

  private final Assets assets;
  private final Map<Language, Texts> texts = new EnumMap<>(Language.class);
  private final Handlebars handlebars;

  public Pages(Assets assets) {
    this.assets = assets;
    for (Language language : Language.values()) {
      texts.put(language, Texts.load(language));
    }
    handlebars =
        new Handlebars(new TemplateFiles())
            .with(EscapingStrategy.HTML_ENTITY)
            .with(new ConcurrentMapTemplateCache())
            .parentScopeResolution(false);
    Helpers.register(handlebars);
  }

  /// Compiles all templates, which a page's first render would do else. Takes a good part of a
  /// second on a cold JVM: call it from a thread that nothing waits for.
  public void warm() {
    for (Place place : Place.values()) {
      template(place.template());
    }
    template(LAYOUT);
  }

  private Template template(String name) {
    try {
      return handlebars.compile(name);
    } catch (IOException e) {
      throw new UncheckedIOException("page template cannot be read from the program: " + name, e);
    }
  }

  /// Returns the whole page as HTML.
  public String render(Page page, Frame frame) {
    Place place = page.place();
    Texts words = texts.get(frame.language());
    if (words == null) {
      throw new IllegalStateException("language has no texts: " + frame.language());
    }
    Helpers.Scene scene = new Helpers.Scene(words, place, assets, frame.nowMs());
    List<Place> navigation = Place.navigation();
    String main =
        apply(template(place.template()), new Shell(frame, page, place, navigation, ""), scene);
    return apply(template(LAYOUT), new Shell(frame, page, place, navigation, main), scene);
  }

  /// Returns the whole page as UTF-8.
  public byte[] renderBytes(Page page, Frame frame) {
    return render(page, frame).getBytes(StandardCharsets.UTF_8);
  }

  private static String apply(Template template, Shell shell, Helpers.Scene scene) {
    Context context =
        Context.newBuilder(shell).resolver(new RecordResolver(), MapValueResolver.INSTANCE).build();
    context.data(Helpers.SCENE, scene);
    try {
      return template.apply(context);
    } catch (IOException e) {
      throw new UncheckedIOException("page failed: place=" + shell.place(), e);
    }
  }
}
