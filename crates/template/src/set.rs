//! A set of templates that may call one another.

use crate::error::{ErrorKind, TemplateError};
use crate::functions::Functions;
use crate::limits::{Limits, TEMPLATES_MAX};
use crate::parse::{Surroundings, parse};
use crate::run::{Job, Templates, execute};
use crate::tree::Template;
use crate::value::Value;
use std::sync::Arc;

/// Templates by name, and the functions that they call.
///
/// ```
/// use tacho_template::functions::Functions;
/// use tacho_template::set::TemplateSet;
/// use tacho_template::value::Value;
///
/// let mut set = TemplateSet::new(Functions::go());
/// set.add("greetings", r#"{{ define "hello" }}Hello {{ .Name }}!{{ end }}"#)?;
/// let data = Value::map([("Name", Value::from("R&D"))]);
/// assert_eq!(set.execute("hello", &data)?, "Hello R&D!");
/// let html = set.execute_text(r#"<p>{{ template "hello" . }}</p>"#, &data, true)?;
/// assert_eq!(html, "<p>Hello R&amp;D!</p>");
/// # Ok::<(), tacho_template::error::TemplateError>(())
/// ```
#[derive(Debug)]
pub struct TemplateSet {
    functions: Functions,
    templates: Templates,
    limits: Limits,
}

/// Reads a text: the templates that it makes, the whole text first.
pub(crate) fn read(
    name: &str,
    text: &str,
    functions: &Functions,
    how: (&[&str], bool),
) -> Result<Vec<Template>, TemplateError> {
    let (variables, html) = how;
    let is_function = |name: &str| functions.get(name).is_some();
    parse(
        name,
        text,
        &Surroundings {
            is_function: &is_function,
            variables,
            html,
        },
    )
}

/// Adds a template; one that prints nothing does not take the place of another.
pub(crate) fn insert(templates: &mut Templates, template: Template) {
    if template.is_blank() && templates.contains_key(&template.name) {
        return;
    }
    templates.insert(template.name.clone(), Arc::new(template));
}

impl TemplateSet {
    /// An empty set with these functions and the usual limits.
    pub fn new(functions: Functions) -> Self {
        Self {
            functions,
            templates: Templates::new(),
            limits: Limits::default(),
        }
    }

    /// Sets what an execution may do.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The functions of the set.
    pub fn functions(&self) -> &Functions {
        &self.functions
    }

    /// Gives the set other functions, for instance those of another time. They need to have the names
    /// that the templates call.
    pub fn set_functions(&mut self, functions: Functions) {
        self.functions = functions;
    }

    /// Reads a text as the template of this name, with all templates that it defines. Later ones take
    /// the place of earlier ones of the same name.
    ///
    /// # Errors
    /// The text is no template, or too long, or the set is full; then nothing is added.
    pub fn add(&mut self, name: &str, text: &str) -> Result<(), TemplateError> {
        self.insert(name, text, false)
    }

    /// As `add`, for templates whose output is HTML: `execute` escapes what they print.
    ///
    /// # Errors
    /// As `add`.
    pub fn add_html(&mut self, name: &str, text: &str) -> Result<(), TemplateError> {
        self.insert(name, text, true)
    }

    fn insert(&mut self, name: &str, text: &str, html: bool) -> Result<(), TemplateError> {
        let templates = read(name, text, &self.functions, (&[], html))?;
        if self.templates.len() + templates.len() > TEMPLATES_MAX {
            let message = format!("more than {TEMPLATES_MAX} templates");
            return Err(TemplateError::nowhere(
                ErrorKind::LimitExceeded,
                name,
                message,
            ));
        }
        templates
            .into_iter()
            .for_each(|template| insert(&mut self.templates, template));
        Ok(())
    }

    /// The names of all templates, sorted.
    pub fn names(&self) -> Vec<&str> {
        self.templates.keys().map(String::as_str).collect()
    }

    /// The output of a template.
    ///
    /// # Errors
    /// There is no such template, it cannot be executed with this data, or it exceeds a limit.
    pub fn execute(&self, name: &str, data: &Value) -> Result<String, TemplateError> {
        let Some(template) = self.templates.get(name) else {
            let message = format!("no template {name:?}");
            return Err(TemplateError::nowhere(ErrorKind::Failed, name, message));
        };
        self.run(&Templates::new(), template, (data, template.html))
    }

    /// The output of a text, which may call the templates of the set. Its name in messages is empty,
    /// as in Alertmanager.
    ///
    /// # Errors
    /// The text is no template, cannot be executed with this data, or exceeds a limit.
    pub fn execute_text(
        &self,
        text: &str,
        data: &Value,
        html: bool,
    ) -> Result<String, TemplateError> {
        let mut templates = read("", text, &self.functions, (&[], html))?.into_iter();
        let Some(whole) = templates.next() else {
            return Ok(String::new());
        };
        let mut own = Templates::new();
        templates.for_each(|template| insert(&mut own, template));
        self.run(&own, &whole, (data, html))
    }

    /// Whether a text is a template.
    ///
    /// # Errors
    /// It is none: why.
    pub fn check_text(&self, text: &str) -> Result<(), TemplateError> {
        read("", text, &self.functions, (&[], false)).map(drop)
    }

    fn run(
        &self,
        own: &Templates,
        template: &Template,
        what: (&Value, bool),
    ) -> Result<String, TemplateError> {
        let (data, html) = what;
        let job = Job {
            templates: [own, &self.templates],
            functions: &self.functions,
            limits: self.limits,
            variables: Vec::new(),
            html,
        };
        execute(&job, template, data)
    }
}
