"""The questions of problem set 5, each about the learner's own network."""

import numpy as np

from ..answers import is_number
from ..fit import check_fit, check_steepest, predicted
from ..loops import check_training
from ..network import check_network, for_network
from ..passes import check_backward
from ..simple import check_number
from ..symbols import check_gradient
from ..verdict import wrong


def loss_of_mean(fitted, tested, answer):
    """The mean squared error, on other data, of one number: the mean of what it was fitted to."""

    def loss(mean_of, on):
        return np.mean((on["y"] - np.mean(mean_of["y"])) ** 2)

    line = np.polyfit(fitted["x"], fitted["y"], 1)
    right, errors = loss(fitted, tested), tested["y"] - np.mean(fitted["y"])
    slips = {
        loss(fitted, fitted): "this is its loss on the training years.",
        loss(tested, tested): "this forecasts with the mean of the held-out years: they should stay unseen.",
        np.mean((tested["y"] - np.median(fitted["y"])) ** 2): "this forecasts with the median of the training"
        " years: their mean was asked.",
        loss(
            tested, fitted
        ): "the halves are swapped: the mean of the training years, the error on the held-out ones.",
        np.sum(errors**2): "this is the sum of the squared errors: their mean was asked.",
        np.mean(abs(errors)): "this is the mean of the errors without their signs: square them.",
        np.mean(errors) ** 2: "this is the square of the mean error: square each error first, then take the"
        " mean.",
        10**6 * right: "count the flow in thousands.",
        np.sqrt(right): "this is the root of it: the mean squared error was asked.",
        np.mean((tested["y"] - np.polyval(line, tested["x"])) ** 2): "this is the straight line's loss.",
    }
    return check_number(answer, right, slips=slips, digits=3)


def own_network(prediction, data, answer):
    """Check the network itself."""
    return check_network(answer, prediction, data)


def first_gradient(network, prediction, data, answer):
    """Check the gradient of the network's first parameter."""
    return for_network(network, prediction, data, lambda own: check_gradient(own, own.parameters[0], answer))


def own_gradients(network, prediction, data, answer):
    """Check a function that returns all gradients."""
    return for_network(network, prediction, data, lambda own: check_backward(own, answer))


def own_loop(network, prediction, data, samples, answer):
    """Check a training loop, from a start of its own."""

    def checked(own):
        start = {str(parameter): 0.5 + 0.1 * place for place, parameter in enumerate(own.parameters)}
        return check_training(own, answer, start, samples, learning_rate=0.05, steps=20)

    return for_network(network, prediction, data, checked)


def fit(network, prediction, data, start, halves, trained):
    """Check that it was trained, and beats the straight line on the half that it has not seen."""
    fitted, tested = halves
    line = np.polyfit(fitted["x"], fitted["y"], 1)
    rival = np.mean((tested["y"] - np.polyval(line, tested["x"])) ** 2)
    return for_network(
        network, prediction, data, lambda own: check_fit(own, prediction, (start, trained), halves, rival)
    )


PLACE = "this is its place among the years: which year stands there?"
STANDARDISED = "this is the year as your network takes it, standardised: turn it back."
NO_YEAR = (
    "this is no year. Is it how steep the curve is, or a standardised year? Of those another is the steepest."
)


def steepest(network, prediction, trained, places, years, answer):
    """Check the year in which the prediction changes fastest. places: the years as the network takes them."""
    curve = predicted(network, prediction, trained, places)
    verdict = check_steepest(curve, years, answer)
    if curve is None or verdict.correct or "unanswered" in verdict.slips:
        return verdict
    (scaled,) = places.values()
    place = np.abs(np.gradient(curve, years)).argmax()
    told = check_number(answer, years[place], tolerance=1e-3, slips={place: PLACE})
    if told.slips or not is_number(answer):
        return told
    if scaled.min() <= float(answer) <= scaled.max():
        year = np.interp(float(answer), scaled, years)
        return wrong(STANDARDISED if check_steepest(curve, years, year).correct else NO_YEAR)
    return wrong("this is another year: where is the curve steepest, up or down?")


QUESTIONS = {
    "set 5.1": loss_of_mean,
    "set 5.2": own_network,
    "set 5.3": first_gradient,
    "set 5.4": own_gradients,
    "set 5.5": own_loop,
    "set 5.6": fit,
    "set 5.7": steepest,
}
