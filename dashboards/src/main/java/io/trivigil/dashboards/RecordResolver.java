package io.trivigil.dashboards;

import com.github.jknack.handlebars.ValueResolver;
import io.trivigil.model.Labels;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Lets templates read public records and our enums: public methods without parameters.
///
/// Strict, unlike Handlebars: a name that a record does not have fails the page, and so a test,
/// instead of printing nothing. [Labels] have one name, `pairs`. An empty [Optional] is the empty
/// text. Nothing else can be read, so that a template never reaches into a class of the JDK.
final class RecordResolver implements ValueResolver {
  private static final Set<String> HIDDEN = Set.of("toString", "hashCode");

  /// Handlebars looks for its own `@` words in the context first, with and without the `@`.
  private static final Set<String> AT_WORDS =
      Set.of("root", "index", "first", "last", "key", "odd", "even");

  /// Handlebars asks each context around a partial for these, as if it were a list. No record may
  /// have them: they would be computed again for every row.
  private static final Set<String> LIST_WORDS = Set.of("size", "empty");

  /// One label, as templates see it.
  public record Pair(String name, String value) {}

  private static final ClassValue<Map<String, Method>> READERS =
      new ClassValue<>() {
        @Override
        protected Map<String, Method> computeValue(Class<?> type) {
          Map<String, Method> readers = new TreeMap<>();
          for (Method method : type.getDeclaredMethods()) {
            if (Modifier.isPublic(method.getModifiers())
                && !Modifier.isStatic(method.getModifiers())
                && method.getParameterCount() == 0
                && !HIDDEN.contains(method.getName())
                && !method.isBridge()) {
              if (LIST_WORDS.contains(method.getName())) {
                throw new IllegalStateException("name is Handlebars's own: " + method);
              }
              readers.put(method.getName(), method);
            }
          }
          return readers;
        }
      };

  @Override
  public Object resolve(Object context, String name) {
    if (context instanceof Labels labels && name.equals("pairs")) {
      List<Pair> pairs = new ArrayList<>(labels.size());
      labels.forEach((label, value) -> pairs.add(new Pair(label, value)));
      return pairs;
    }
    if (!readable(context)) {
      return UNRESOLVED;
    }
    Method reader = READERS.get(context.getClass()).get(name);
    if (reader == null
        && (name.startsWith("@") || AT_WORDS.contains(name) || LIST_WORDS.contains(name))) {
      return UNRESOLVED;
    }
    if (reader == null) {
      throw new IllegalStateException(
          "template reads what is not there: record=%s name=%s"
              .formatted(context.getClass().getSimpleName(), name));
    }
    try {
      return unwrapped(reader.invoke(context));
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("record is not public: " + context.getClass().getName(), e);
    } catch (InvocationTargetException e) {
      throw new IllegalStateException(
          "page model failed: record=%s name=%s"
              .formatted(context.getClass().getSimpleName(), name),
          e.getCause());
    }
  }

  private static boolean readable(Object context) {
    return context instanceof Record
        || (context instanceof Enum<?> && context.getClass().getName().startsWith("io.trivigil."));
  }

  private static Object unwrapped(Object value) {
    return value instanceof Optional<?> optional
        ? optional.isPresent() ? optional.get() : ""
        : value;
  }

  @Override
  public Object resolve(Object context) {
    return UNRESOLVED;
  }

  @Override
  public Set<Map.Entry<String, Object>> propertySet(Object context) {
    return Set.of();
  }
}
