/** Excel's own error codes, each with Excel's own sentence. */

const SENTENCES = {
  AccessDenied: "You cannot perform the requested operation.",
  ApiNotFound:
    "The API you are trying to use could not be found. It may be available in a newer version of Excel.",
  GeneralException: "There was an internal error while processing the request.",
  InvalidArgument: "The argument is invalid or missing or has an incorrect format.",
  InvalidObjectPath:
    'The object path isn\'t working for what you\'re trying to do. If you\'re using the object across multiple "context.sync" calls and outside the sequential execution of a ".run" batch, please use the "context.trackedObjects.add()" and "context.trackedObjects.remove()" methods to manage the object\'s lifetime.',
  InvalidOperation: "This operation isn't permitted for the current object.",
  InvalidOperationInCellEditMode:
    "Excel is in cell-editing mode. Please exit the edit mode by pressing ENTER or TAB or selecting another cell, and then try again.",
  InvalidRequestContext: "Cannot use the object across different request contexts.",
  ItemAlreadyExists: "The resource being created already exists.",
  ItemNotFound: "The requested resource doesn't exist.",
  PropertyNotLoaded:
    'The property is not available. Before reading the property\'s value, call the load method on the containing object and call "context.sync()" on the associated request context.',
  RequestPayloadSizeLimitExceeded:
    'The request payload size has exceeded the limit. Please refer to our documentation: "https://docs.microsoft.com/office/dev/add-ins/concepts/resource-limits-and-performance-optimization#excel-add-ins".',
  ResponsePayloadSizeLimitExceeded:
    'The response payload size has exceeded the limit. Please refer to our documentation: "https://docs.microsoft.com/office/dev/add-ins/concepts/resource-limits-and-performance-optimization#excel-add-ins".',
  UnsupportedFeature:
    "The operation failed because the source worksheet contains one or more unsupported features.",
  ValueNotLoaded:
    'The result value is not loaded yet. Before reading the value property, call "context.sync()" on the associated request context.',
};

/** @typedef {keyof typeof SENTENCES} Code */

/** What an add-in catches: `OfficeExtension.Error`. */
export class OfficeError extends Error {
  /** @param {Code} code @param {string} [place] the member it happened at, such as `Range.values` */
  constructor(code, place = "") {
    super(SENTENCES[code]);
    this.name = "RichApi.Error";
    this.code = code;
    this.traceMessages = [];
    this.innerError = null;
    this.debugInfo = { code, message: this.message, errorLocation: place };
  }

  toJSON() {
    return { name: this.name, code: this.code, message: this.message, debugInfo: this.debugInfo };
  }
}
